/** CATENATE, URLAUTH, ANNOTATE, LIST-METADATA and previews where a real server has them, and what is said where it has not. */
import { expect, it } from 'vitest';
import { type ImapClient, imapUrl } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { clientOf, freshName, type Operations, rejection, type Target } from './operations/target.ts';
import type { RealServer } from './start/index.ts';
import { targetOf } from './targets.ts';

const TEXT =
  'Subject: one\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8gd29ybGQ=\r\n';
const MISSING = { name: 'UsageError', code: 'MISSING_CAPABILITY' };

/** Without COMPRESS. */
function plainTargetOf(server: RealServer): Target {
  const target = targetOf(server);
  return { ...target, options: (n) => ({ ...target.options(n), compress: false }) };
}

/** A mailbox with one message, and its UID. */
async function seeded(client: ImapClient, target: Target) {
  const name = freshName(target, 'parts ü');
  await client.create(name);
  const { uid = 1 } = await client.append(name, { content: TEXT });
  return { name, uid, mailbox: await client.open(name) };
}

const extensions: Operations = (target) => {
  it('puts a message together from parts of others', async () => {
    await using client = await clientOf(target());
    const { name, uid, mailbox } = await seeded(client, target());
    const url = imapUrl({ mailbox: name, uidValidity: mailbox.uidValidity, uid, section: 'TEXT' });
    const content = [{ text: 'Subject: two\r\n\r\n' }, { url }, { text: 'the end\r\n' }];
    if (!client.capabilities.has('CATENATE')) {
      expect(await rejection(client.append(name, { content }))).toMatchObject(MISSING);
      content.splice(1, 1, { text: 'aGVsbG8gd29ybGQ=\r\n' });
    }
    await client.append(name, { content, flags: ['\\Seen'] });
    // GNU Mailutils tells of a new message only when the mailbox is selected anew.
    await mailbox.unselect();
    const again = await client.open(name);
    const [message] = await again.fetchAll({ seq: '2' }, { source: true, flags: true });
    expect(message?.source.toString()).toBe('Subject: two\r\n\r\naGVsbG8gd29ybGQ=\r\nthe end\r\n');
    // GNU Mailutils keeps no flags of an APPEND in a Maildir.
    if (target().name !== 'mailutils') expect(message?.flags.has('\\Seen')).toBe(true);
    if (!client.capabilities.has('CATENATE')) return;
    const gone = imapUrl({ mailbox: name, uid: 999 });
    const error = await rejection(client.append(name, { content: [{ text: 'A: b\r\n\r\n' }, { url: gone }] }));
    expect(error).toMatchObject({ name: 'CommandError', code: 'BADURL', responseCode: { url: gone } });
    const many = await client.append(name, [
      { content: [{ url: imapUrl({ mailbox: name, uid }) }] },
      { content: TEXT },
    ]);
    expect(many).toHaveLength(2);
  });

  it('gives out what an authorized URL names, until its key is reset', async () => {
    await using client = await clientOf(target());
    const { name, uid } = await seeded(client, target());
    const { auth } = target().options();
    const user = auth !== undefined && 'user' in auth ? auth.user : '';
    const parts = { server: `imap://${user}@localhost`, mailbox: name, uid, section: '1' };
    const rump = imapUrl({ ...parts, expire: new Date(Date.now() + 3_600_000), access: `user+${user}` });
    if (!client.capabilities.has('URLAUTH')) {
      expect(await rejection(client.urlAuth.generate(rump))).toMatchObject(MISSING);
      return;
    }
    const url = await client.urlAuth.generate(rump);
    expect(url.startsWith(`${rump}:`)).toBe(true);
    expect((await client.urlAuth.fetch(url))?.content.toString()).toBe('aGVsbG8gd29ybGQ=\r\n');
    const decoded = await client.urlAuth.fetch(url, { decode: true, structure: true });
    expect(decoded?.content.toString()).toBe('hello world');
    expect(decoded?.structure).toMatchObject({ type: 'text/plain' });
    expect(await client.urlAuth.fetch(`${url.slice(0, -4)}0000`)).toBeUndefined();
    expect(await client.urlAuth.resetKey(name)).toContain('INTERNAL');
    expect(await client.urlAuth.fetch(url)).toBeUndefined();
  });

  it('annotates messages', async () => {
    await using client = await clientOf(target());
    const { name, uid, mailbox } = await seeded(client, target());
    if (!client.capabilities.has('ANNOTATE-EXPERIMENT-1')) {
      expect(await rejection(mailbox.annotate(uid, { '/private/comment': 'x' }))).toMatchObject(MISSING);
      const query = { annotations: { '/private/comment': 'x' } };
      expect(await rejection(mailbox.search({ not: query }))).toMatchObject(MISSING);
      return;
    }
    await mailbox.annotate(uid, { '/private/comment': 'mine', '/shared/altsubject': 'ü' });
    const annotations = ['/private/comment', '/shared/altsubject', '/Shared/comment'];
    const values = (await mailbox.fetchOne(uid, { annotations, flags: true }))?.annotations;
    expect([...(values ?? [])].map(([entry, value]) => [entry, value?.toString()])).toEqual([
      ...[annotations[0], annotations[1], annotations[2]].map((entry, at) => [entry, ['mine', 'ü', undefined][at]]),
    ]);
    const mine = { '/private/comment': 'in' };
    expect(await mailbox.search({ annotations: mine })).toEqual([uid]);
    expect(await mailbox.search({ annotations: { ...mine, '/shared/altsubject': 'ü' } })).toEqual([uid]);
    expect(await mailbox.search({ annotations: { ...mine, '/shared/altsubject': 'in' } })).toEqual([]);
    expect(await mailbox.search({ annotations: { '/shared/comment': 'in' } })).toEqual([]);
    await mailbox.annotate(uid, { '/private/comment': null });
    expect(await mailbox.search({ annotations: mine })).toEqual([]);
    expect((await mailbox.fetchOne(uid, { annotations }))?.annotations.get('/private/comment')).toBeNull();
    const born = await client.append(name, { content: TEXT, annotations: { '/private/comment': 'born with it' } });
    const later = await mailbox.fetchOne(born.uid ?? 0, { annotations });
    expect(later?.annotations.get('/private/comment')?.toString()).toBe('born with it');
  });

  it('lists mailboxes with their metadata', async () => {
    await using client = await clientOf(target());
    const { name } = await seeded(client, target());
    const metadata = ['/private/comment', '/shared/comment'];
    if (!client.capabilities.has('METADATA') && !client.capabilities.has('ANNOTATEMORE')) {
      expect(await rejection(client.list({ metadata }))).toMatchObject(MISSING);
      return;
    }
    await client.metadata.set(name, { '/private/comment': 'mine' });
    const mailboxes = await client.list({ metadata, status: ['messages'] });
    const mine = mailboxes.find((mailbox) => mailbox.name === name);
    expect(mine?.metadata?.get('/private/comment')?.toString()).toBe('mine');
    expect(mine?.status).toEqual({ messages: 1 });
    for (const one of mailboxes) if (one.selectable) expect([...(one.metadata?.keys() ?? [])]).toEqual(metadata);
  });

  it('takes lazy previews', async () => {
    await using client = await clientOf(target());
    const { uid, mailbox } = await seeded(client, target());
    if (!client.capabilities.has('PREVIEW')) {
      expect(await rejection(mailbox.fetchOne(uid, { preview: 'lazy' }))).toMatchObject(MISSING);
      return;
    }
    const lazy = await mailbox.fetchOne(uid, { preview: 'lazy' });
    expect(lazy).toEqual({ uid, seq: 1, preview: lazy?.preview ?? null });
  });
};

describeServer('cyrus', (server) => extensions(() => plainTargetOf(server())));
describeServer(
  'cyrus',
  { suppress: 'CATENATE URLAUTH ANNOTATE-EXPERIMENT-1 LIST-METADATA METADATA PREVIEW' },
  (server) => extensions(() => plainTargetOf(server())),
);
describeServer('dovecot', (server) => extensions(() => plainTargetOf(server())));
describeServer('courier', (server) => extensions(() => plainTargetOf(server())));
describeServer('mailutils', (server) => extensions(() => plainTargetOf(server())));
