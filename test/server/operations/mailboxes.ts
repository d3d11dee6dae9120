/** CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, LIST, LSUB, STATUS, NAMESPACE. */
import { describe, expect, it } from 'vitest';
import { CommandError, type ImapClient, type MailboxInfo, UsageError } from '../../../src/index.ts';
import {
  clientOf,
  freshMailbox,
  freshName,
  letter,
  letters,
  type Operations,
  rejection,
  type Target,
} from './target.ts';

const NAMES = [
  'with spaces  inside',
  'trailing space ',
  ' leading space',
  '"quoted"',
  'back\\slash\\',
  '&',
  'R&D',
  '&-',
  '&Jjo-',
  'R&AOQ-',
  'Entwürfe',
  '☃ snow',
  '台北 日本語',
  '😀😀 & "x" \\ y',
  '100% & more',
  '*star*',
  '(paren) {5}',
  '{5+}',
  'tab-free ~home',
  'NIL',
  'x'.repeat(100),
  'ü'.repeat(40),
  '😀'.repeat(20),
  "it's + ? = ! # $ ; : ,",
];

async function listed(client: ImapClient, name: string): Promise<MailboxInfo | undefined> {
  return (await client.list()).find((mailbox) => mailbox.name === name);
}

async function namesAre(client: ImapClient, target: Target): Promise<void> {
  for (const [index, label] of NAMES.entries()) {
    const name = target.prefix + label;
    if (target.spoilsName?.(label)) continue;
    if (target.refusesName?.(label)) {
      await expect(client.create(name), name).rejects.toBeInstanceOf(CommandError);
      continue;
    }
    await client.create(name);
    expect(await listed(client, name), name).toMatchObject({ name, selectable: true });
    expect(await client.status(name, ['messages']), name).toEqual({ messages: 0 });
    await client.append(name, { content: letter(label.length > 40 ? 'long' : 'in a mailbox') });
    const mailbox = await client.open(name);
    expect(mailbox).toMatchObject({ name, exists: 1 });
    expect(await mailbox.fetchAll('1:*', { envelope: true }), name).toHaveLength(1);
    await client.subscribe(name);
    expect((await client.list({ subscribed: true })).map((one) => one.name)).toContain(name);
    await client.unsubscribe(name);
    if (target.deletesSlowly && index > 0) continue;
    await client.delete(name);
    expect(await listed(client, name), name).toBeUndefined();
  }
}

export const mailboxOperations: Operations = (target) => {
  describe('mailboxes', () => {
    it('have names of all sorts, each the same for every command', async () => {
      await using client = await clientOf(target());
      await namesAre(client, target());
    });

    it('are refused with the code that says why', async () => {
      await using client = await clientOf(target());
      const name = freshName(target());
      await client.create(name);
      const cases: [() => Promise<unknown>, string, string][] = [
        [() => client.create(name), 'CREATE', 'ALREADYEXISTS'],
        [() => client.delete(`${name} not there`), 'DELETE', 'NONEXISTENT'],
        [() => client.rename(`${name} not there`, `${name} new`), 'RENAME', 'NONEXISTENT'],
        [() => client.open(`${name} not there`), 'SELECT', 'NONEXISTENT'],
        [() => client.open(`${name} not there`, { readOnly: true }), 'EXAMINE', 'NONEXISTENT'],
        [() => client.status(`${name} not there`), 'STATUS', 'NONEXISTENT'],
      ];
      for (const [attempt, command, code] of cases) {
        if (command === 'RENAME' && target().renamesNothing) {
          await attempt();
          expect(await listed(client, `${name} new`)).toBeUndefined();
          continue;
        }
        const error = await rejection(attempt());
        expect(error, command).toBeInstanceOf(CommandError);
        expect(error).toMatchObject({ name: 'CommandError', status: 'NO', command });
        expect(error.text).not.toBe('');
        expect(error.message).toContain(String(error.text));
        if (target().explains(command)) expect(error, command).toMatchObject({ code, responseCode: { name: code } });
        else expect(error).toMatchObject({ code: 'NO' });
      }
      expect(await client.status(name, ['messages'])).toEqual({ messages: 0 });
    });

    it('are refused before a byte is sent where the name can not be one', async () => {
      await using client = await clientOf(target());
      const { sent } = client.bytes;
      for (const name of ['', 'a\rb', 'a\nb', 'a\0b', '\r\n', 'half \ud83d', 'a\r\nA1 LOGOUT']) {
        for (const attempt of [
          () => client.create(name),
          () => client.delete(name),
          () => client.rename(name, 'x'),
          () => client.rename('x', name),
          () => client.open(name),
          () => client.status(name),
          () => client.subscribe(name),
          () => client.unsubscribe(name),
          () => client.append(name, { content: 'x' }),
        ]) {
          const error = await rejection(attempt());
          expect(error, JSON.stringify(name)).toBeInstanceOf(UsageError);
        }
      }
      for (const attempt of [
        () => client.list({ pattern: 'a\r\nb' }),
        () => client.list({ pattern: ['x', 'a\0b'] }),
        () => client.list({ reference: 'a\nb' }),
        () => client.status('INBOX', ['nonsense' as 'messages']), // what a caller without types may write
        () => client.status('INBOX', []),
      ]) {
        expect(await rejection(attempt())).toBeInstanceOf(UsageError);
      }
      await client.noop();
      expect(client.bytes.sent - sent).toBeLessThan(16);
    });

    it('are renamed, with what is in them and below them', async () => {
      await using client = await clientOf(target());
      const { separator } = target();
      const from = freshName(target(), 'parent');
      const to = freshName(target(), 'renamed');
      await client.create(from);
      await client.create(`${from}${separator}child`);
      await client.append(from, { content: letter('stays') });
      await client.append(
        `${from}${separator}child`,
        letters(2).map((content) => ({ content })),
      );
      // The selected mailbox too, and what is below: Dovecot says BYE where it is still selected, Courier refuses.
      await client.open(from);
      await client.rename(from, `${from}2`);
      const child = await client.open(`${from}2${separator}child`);
      await client.rename(`${from}2`, to);
      expect(client.state).toBe('authenticated');
      expect(await rejection(child.search({}))).toBeInstanceOf(CommandError);
      const names = (await client.list({ pattern: `${to}*` })).map(({ name }) => name);
      expect(names.sort()).toEqual([to, `${to}${separator}child`]);
      expect(await client.list({ pattern: `${from}*` })).toEqual([]);
      expect(await client.status(to, ['messages'])).toEqual({ messages: 1 });
      expect(await client.status(`${to}${separator}child`, ['messages'])).toEqual({ messages: 2 });
      const mailbox = await client.open(to);
      expect((await mailbox.fetchOne(1, { envelope: true }))?.envelope.subject).toBe('stays');
      if (target().deletesSlowly) return;
      await client.delete(`${to}${separator}child`);
      await client.delete(to);
    });

    it('are deleted while they are selected, and made anew', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(2));
      const { name, uidValidity } = mailbox;
      await client.delete(name);
      expect(client.state).toBe('authenticated');
      expect(await rejection(mailbox.search({}))).toBeInstanceOf(CommandError);
      await client.create(name);
      const again = await client.open(name);
      expect(again.exists).toBe(0);
      if (again.uidValidity !== uidValidity) {
        expect(await rejection(mailbox.search({}))).toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
      }
      expect(await again.search({})).toEqual([]);
    });

    it('are listed by pattern and by reference', async () => {
      await using client = await clientOf(target());
      const { separator } = target();
      const top = freshName(target(), 'tree');
      for (const name of [top, `${top}${separator}a`, `${top}${separator}a${separator}deep`, `${top}${separator}b`]) {
        await client.create(name);
      }
      const names = async (options: Parameters<ImapClient['list']>[0]) =>
        (await client.list(options)).map(({ name }) => name.slice(top.length)).sort();
      expect(await names({ pattern: `${top}*` })).toEqual([
        '',
        `${separator}a`,
        `${separator}a${separator}deep`,
        `${separator}b`,
      ]);
      expect(await names({ pattern: `${top}${separator}%` })).toEqual([`${separator}a`, `${separator}b`]);
      expect(await names({ reference: `${top}${separator}`, pattern: '%' })).toEqual([
        `${separator}a`,
        `${separator}b`,
      ]);
      expect(await names({ pattern: [`${top}${separator}a`, `${top}${separator}b`] })).toEqual([
        `${separator}a`,
        `${separator}b`,
      ]);
      expect(await names({ pattern: [`${top}${separator}b`] })).toEqual([`${separator}b`]);
      expect(await names({ pattern: `${top}${separator}nothing*` })).toEqual([]);
      const [listedTop] = await client.list({ pattern: top });
      expect(listedTop).toMatchObject({ name: top, delimiter: separator, selectable: true });
      if (client.capabilities.has('CHILDREN')) {
        expect(listedTop?.hasChildren).toBe(true);
        expect((await client.list({ pattern: `${top}${separator}b` }))[0]?.hasChildren).toBe(false);
      }
      if (target().deletesSlowly) return;
      for (const name of [`${top}${separator}a${separator}deep`, `${top}${separator}a`, `${top}${separator}b`, top]) {
        await client.delete(name);
      }
    });

    it('are subscribed and unsubscribed', async () => {
      await using client = await clientOf(target());
      const name = freshName(target(), 'news');
      const other = freshName(target(), 'no news');
      await client.create(name);
      await client.create(other);
      await client.subscribe(name);
      await client.unsubscribe(other);
      const subscribed = await client.list({ subscribed: true });
      expect(subscribed.find((one) => one.name === name)).toMatchObject({ subscribed: true, selectable: true });
      expect(subscribed.find((one) => one.name === other)).toBeUndefined();
      if (client.capabilities.has('LIST-EXTENDED')) {
        const all = await client.list({ pattern: [name, other] });
        expect(all.map((one) => [one.name, one.subscribed])).toEqual(
          expect.arrayContaining([
            [name, true],
            [other, false],
          ]),
        );
      }
      await client.unsubscribe(name);
      expect((await client.list({ subscribed: true })).some((one) => one.name === name)).toBe(false);
    });

    it('are listed with their counts', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      await mailbox.addFlags(2, ['\\Seen']);
      const items = ['messages', 'unseen', 'uidNext', 'uidValidity', 'recent'] as const;
      const [info] = await client.list({ pattern: mailbox.name, status: [...items] });
      const status = await client.status(mailbox.name, [...items]);
      expect(status).toMatchObject({ messages: 3, unseen: 2, uidNext: 4, uidValidity: mailbox.uidValidity });
      if (target().recentVaries) expect(info?.status).toEqual({ ...status, recent: expect.any(Number) });
      else expect(info?.status).toEqual(status);
      expect(Object.keys(await client.status(mailbox.name)).sort()).toEqual([
        'messages',
        'uidNext',
        'uidValidity',
        'unseen',
      ]);
    });

    it('are counted with what others did since, the selected one too', async () => {
      await using client = await clientOf(target());
      await using other = await clientOf(target());
      const { name } = await freshMailbox(client, target(), letters(2));
      const counts = async () => {
        const status = await client.status(name, ['messages', 'unseen']);
        const [info] = await client.list({ pattern: name, status: ['messages', 'unseen'] });
        expect(info?.status).toEqual(status);
        return status;
      };
      expect(await counts()).toEqual({ messages: 2, unseen: 2 });
      await other.append(name, { content: letter('late') });
      expect(await counts()).toEqual({ messages: 3, unseen: 3 });
      if (target().tellsNothing || target().tellsArrivalsOnly) return;
      await (await other.open(name)).addFlags('1:2', ['\\Seen']);
      expect(await counts()).toEqual({ messages: 3, unseen: 1 });
      await (await client.open(name)).copy('1:*', name);
      expect(await counts()).toMatchObject({ messages: 6 });
    });

    it('can be many, all listed with their counts', async () => {
      await using client = await clientOf(target(), {}, 2);
      const { prefix, separator } = target();
      const top = `${prefix}many`;
      await Promise.all(Array.from({ length: 60 }, (_, index) => client.create(`${top}${separator}${index}`)));
      const all = await client.list({ pattern: `${top}${separator}*`, status: ['messages', 'uidNext'] });
      expect(all).toHaveLength(60);
      for (const { status } of all) expect(status).toEqual({ messages: 0, uidNext: 1 });
    });

    it('a mailbox below INBOX is the same by all cases of these letters, where the server has it so', async () => {
      await using client = await clientOf(target());
      const name = freshName({ ...target(), prefix: `INBOX${target().separator}` });
      const other = name.replace('INBOX', 'inbox');
      await client.create(name);
      const mailbox = await client.open(other).catch(() => undefined);
      if (mailbox !== undefined) {
        expect(await client.status(other, ['messages'])).toEqual({ messages: 0 });
        if (client.capabilities.has('ACL')) expect(await client.acl.myRights(other)).toContain('l');
        await mailbox.search({ all: true });
      }
      await client.delete(name); // Dovecot says BYE to one who has it selected, Courier refuses
      await client.noop();
    });

    it('INBOX is there, in any case of its letters', async () => {
      await using client = await clientOf(target());
      const inbox = await client.open('inbox');
      expect(inbox.name).toBe('INBOX');
      const info = await listed(client, 'INBOX');
      expect(info).toMatchObject({ name: 'INBOX', selectable: true, specialUse: '\\Inbox' });
      for (const pattern of ['inbox', ['Inbox', '%inbox']])
        expect(await client.list({ pattern })).toMatchObject([info]);
      const status = await client.status('InBoX', ['messages', 'uidValidity']);
      expect(status).toEqual({ messages: inbox.exists, uidValidity: inbox.uidValidity });
    });

    it('stand in namespaces', async () => {
      await using client = await clientOf(target());
      const { personal } = await client.namespaces();
      expect(personal[0]).toEqual({ prefix: target().prefix, delimiter: target().separator });
    });

    it('are made for a special use where the server can', async () => {
      await using client = await clientOf(target(), {}, 3);
      const name = freshName(target(), 'for a use');
      if (!client.capabilities.has('CREATE-SPECIAL-USE')) {
        const error = await rejection(client.create(name, { use: '\\Archive' }));
        expect(error).toBeInstanceOf(UsageError);
        expect(error).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      // Each use once: the account may have a mailbox for this one already.
      const taken = (await client.list()).find(({ specialUse }) => specialUse === '\\Archive');
      if (taken !== undefined) await client.delete(taken.name);
      await client.create(name, { use: ['\\Archive'] });
      expect(await listed(client, name)).toMatchObject({ specialUse: '\\Archive', specialUseSource: 'server' });
      const error = await rejection(client.create(freshName(target(), 'for two'), { use: ['\\All', '\\Archive'] }));
      expect(error).toMatchObject({ name: 'CommandError', code: 'USEATTR' });
      expect((await client.list({ specialUse: true })).map((one) => one.name)).toContain(name);
      await client.delete(name);
    });
  });
};
