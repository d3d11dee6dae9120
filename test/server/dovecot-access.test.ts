/** Quotas, access control, metadata and LIST's options against Dovecot. */
import { expect, it } from 'vitest';
import { describeServer } from './describe.ts';
import { accessOperations } from './operations/access.ts';
import { clientOf, rejection } from './operations/target.ts';
import { targetOf } from './targets.ts';

describeServer('dovecot', (server) => {
  const target = () => targetOf(server());

  accessOperations(target);

  it('shares a mailbox with another user', async () => {
    await using owner = await clientOf(target(), {}, 2);
    await using other = await clientOf(target(), {}, 3);
    await owner.create('Ours');
    await owner.acl.set('Ours', server().user(3).user, 'lr');
    const name = `Other Users/${server().user(2).user}/Ours`;
    expect(await other.acl.myRights(name)).toBe('lr');
    const [shared] = await other.list({ pattern: name, myRights: true });
    expect(shared).toMatchObject({ name, myRights: 'lr' });
    expect(await rejection(other.append(name, { content: 'Subject: no\r\n\r\n' }))).toMatchObject({ status: 'NO' });
  });

  it('tells only what went as expunged, where the right to expunge is missing', async () => {
    await using owner = await clientOf(target(), {}, 5);
    await using other = await clientOf(target(), {}, 6);
    await owner.create('Kept');
    await owner.append('Kept', [
      { content: 'Subject: 1\r\n\r\n', flags: ['\\Deleted'] },
      { content: 'Subject: 2\r\n\r\n' },
    ]);
    await owner.acl.set('Kept', server().user(6).user, 'lrt');
    const mailbox = await other.open(`Other Users/${server().user(5).user}/Kept`);
    expect(mailbox.readOnly).toBe(false);
    // `OK Expunge ignored: Permission denied`
    expect(await mailbox.expunge(1)).toMatchObject({ expunged: 0 });
    expect(await mailbox.deleteMessages(2)).toMatchObject({ expunged: 0 });
    expect(await owner.status('Kept', ['messages'])).toEqual({ messages: 2 });
    await owner.acl.set('Kept', server().user(6).user, '+e');
    await using again = await clientOf(target(), {}, 6);
    const freed = await again.open(mailbox.name);
    expect([...((await freed.deleteMessages('1:2')).uids ?? [])]).toEqual([1, 2]);
  });

  it.each(['lri', 'lrti'])('replace() tells that the message stays, where the rights are %s', async (rights) => {
    await using owner = await clientOf(target(), {}, 7);
    await using other = await clientOf(target(), {}, 8);
    const box = `Kept-${rights}`;
    await owner.create(box);
    await owner.append(box, { content: 'Subject: 1\r\n\r\n' });
    await owner.acl.set(box, server().user(8).user, rights);
    const mailbox = await other.open(`Other Users/${server().user(7).user}/${box}`);
    const failure = await rejection(mailbox.replace(1, { content: 'Subject: 2\r\n\r\n' }));
    expect(failure).toMatchObject({ name: 'ImapError', code: 'NOT_EXPUNGED' });
    expect(await owner.status(box, ['messages'])).toEqual({ messages: 2 });
  });

  it('refuses a value with NUL, which only literal8 can hold, and goes on', async () => {
    await using client = await clientOf(target());
    const refused = await rejection(client.metadata.set('INBOX', { '/private/comment': Buffer.from('a\0b') }));
    expect(refused).toMatchObject({ name: 'CommandError', command: 'SETMETADATA' });
    expect((await client.metadata.get('INBOX', '/private/comment')).get('/private/comment')).toBeNull();
  });

  it('keeps metadata of the server', async () => {
    await using client = await clientOf(target());
    await client.metadata.set('', { '/private/vendor/vendor.example/x': 'of the server' });
    const values = await client.metadata.get('', '/private/vendor/vendor.example', { depth: 'infinity' });
    expect([...values]).toEqual([['/private/vendor/vendor.example/x', Buffer.from('of the server')]]);
  });

  it('lists parents of subscribed mailboxes, and special uses', async () => {
    await using client = await clientOf(target(), {}, 4);
    await client.create('Top/Below');
    await client.subscribe('Top/Below');
    const listed = await client.list({ subscribed: true, recursiveMatch: true, pattern: '%' });
    expect(listed.find(({ name }) => name === 'Top')).toMatchObject({ subscribed: false });
    expect(listed.find(({ name }) => name === 'Sent')).toMatchObject({ subscribed: true, specialUse: '\\Sent' });
    const remote = await client.list({ remote: true, specialUse: true });
    expect(remote.map(({ specialUse }) => specialUse)).toContain('\\Drafts');
    expect(remote.every(({ specialUseSource }) => specialUseSource === 'server')).toBe(true);
  });
});

// What Dovecot stops announcing.
describeServer('dovecot', { capability: 'IMAP4rev1 IDLE' }, (server) => {
  const target = () => targetOf(server());

  accessOperations(target);

  it('tells special uses by name, and parents of subscribed mailboxes by LSUB', async () => {
    await using client = await clientOf(target(), {}, 4);
    await client.create('Top/Below');
    await client.subscribe('Top/Below');
    await client.create('Éléments supprimés');
    const all = await client.list();
    expect(all.find(({ name }) => name === 'Sent')).toMatchObject({ specialUse: '\\Sent' });
    const listed = await client.list({ subscribed: true, recursiveMatch: true, pattern: '%' });
    expect(listed.find(({ name }) => name === 'Top')).toMatchObject({ subscribed: false });
  });
});
