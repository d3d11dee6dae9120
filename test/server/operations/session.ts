/** A session as a whole: NOOP, ID, ENABLE, any command, its states and its end. */
import { describe, expect, it } from 'vitest';
import { CommandError, ConnectionError, UsageError } from '../../../src/index.ts';
import {
  clientOf,
  current,
  freshMailbox,
  freshName,
  gatedStream,
  letters,
  microtasks,
  type Operations,
  rejection,
} from './target.ts';

export const sessionOperations: Operations = (target) => {
  describe('a session', () => {
    it('tells its state, what is offered and what has moved', async () => {
      const client = await clientOf(target());
      expect(client.state).toBe('authenticated');
      expect(client.secure).toBe(false);
      expect(client.capabilities.has('imap4rev1')).toBe(true);
      expect(client.capabilities.has('NONSENSE')).toBe(false);
      const before = client.bytes;
      await client.noop();
      expect(client.bytes.sent).toBeGreaterThan(before.sent);
      expect(client.bytes.received).toBeGreaterThan(before.received);
      const mailbox = await freshMailbox(client, target());
      expect(client.state).toBe('selected');
      await mailbox.unselect();
      expect(client.state).toBe('authenticated');
      await client.logout();
      expect(client.state).toBe('closed');
    });

    it('tells a mailbox as it was selected', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      expect(mailbox).toMatchObject({ exists: 3, readOnly: false });
      expect(mailbox.uidValidity).toBeGreaterThan(0);
      if (mailbox.uidNext !== undefined) expect(mailbox.uidNext).toBe(4);
      expect([...mailbox.flags]).toEqual(expect.arrayContaining(['\\Seen', '\\Deleted']));
      expect(mailbox.permanentFlags.has('\\Deleted')).toBe(true);
      if (client.capabilities.has('CONDSTORE')) expect(mailbox.highestModseq).toBeTypeOf('bigint');
      const reading = await client.open(mailbox.name, { readOnly: true });
      expect(reading).toMatchObject({ exists: 3, readOnly: true, uidValidity: mailbox.uidValidity });
    });

    it('exchanges IDs, and enables', async () => {
      await using client = await clientOf(target(), { clientId: { name: 'test "quoted" \\ client', version: '1' } });
      if (client.capabilities.has('ID')) {
        const server = await client.id({ name: 'x' });
        expect(client.serverId).toEqual(server);
        if (target().hidesId) expect(server).toEqual({});
        else expect(Object.keys(server).length).toBeGreaterThan(0);
        expect(await rejection(client.id({ name: 'a\r\nb' }))).toBeInstanceOf(UsageError);
        expect(await rejection(client.id({ 'a\0': 'b' }))).toBeInstanceOf(UsageError);
      } else expect(await rejection(client.id())).toMatchObject({ code: 'MISSING_CAPABILITY' });
      if (client.capabilities.has('ENABLE')) {
        const enabled = await client.enable(['CONDSTORE']);
        expect(enabled).toBe(client.enabled);
        expect(enabled.has('CONDSTORE')).toBe(client.capabilities.has('CONDSTORE'));
        expect(await rejection(client.enable(['X Y']))).toBeInstanceOf(UsageError);
        expect(await rejection(client.enable([]))).toBeInstanceOf(UsageError);
      } else expect(await rejection(client.enable(['X']))).toMatchObject({ code: 'MISSING_CAPABILITY' });
    });

    it('runs any command, with arguments of every kind', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      const noop = await client.command('noop');
      expect(noop.untagged).toEqual([]);
      const capability = await client.command('CAPABILITY', [], { untagged: ['capability'] });
      expect(capability.untagged[0]).toMatchObject({ name: 'CAPABILITY', literals: [] });
      expect(capability.untagged[0]?.text).toMatch(/^\* CAPABILITY .*IMAP4rev1/i);
      const status = await client.command(
        'STATUS',
        [{ mailbox: mailbox.name }, [{ atom: 'MESSAGES' }, { atom: 'UIDNEXT' }]],
        {
          untagged: ['STATUS'],
        },
      );
      expect(status.untagged[0]?.text).toMatch(/\(MESSAGES 3 UIDNEXT 4\)/);
      const fetched = await client.command(
        'UID FETCH',
        [{ set: [1, 2] }, [{ atom: 'UID' }, { atom: 'RFC822.HEADER' }]],
        {
          mailbox,
          untagged: ['FETCH'],
        },
      );
      expect(fetched.untagged.map(({ name, number, literals }) => [name, number, literals.length])).toEqual([
        ['FETCH', 1, 1],
        ['FETCH', 2, 1],
      ]);
      const internalDate = new Date('2023-04-05T06:07:08Z');
      const name = freshName(target());
      await client.command('CREATE', [{ mailbox: name }]);
      await client.command('APPEND', [
        { mailbox: name },
        target().noKeywords ? [] : [{ atom: 'keyword' }],
        internalDate,
        Buffer.from('Subject: x\r\n\r\n'),
      ]);
      const appended = await client.open(name);
      const message = await appended.fetchOne(1, { internalDate: true });
      if (target().datesByHeader) expect(message?.internalDate).toBeInstanceOf(Date);
      else expect(message?.internalDate).toEqual(internalDate);
      const found = await client.command('UID SEARCH', [{ atom: 'SUBJECT' }, 'x'], {
        mailbox: appended,
        untagged: ['SEARCH'],
      });
      expect(found.untagged[0]?.text).toMatch(/^\* SEARCH 1 ?$/);
    });

    it('does not take the mailbox that any command selects for that of a handle', async () => {
      await using client = await clientOf(target());
      const other = await freshMailbox(client, target(), letters(1));
      const mailbox = await freshMailbox(client, target(), letters(3));
      for (const name of ['SELECT', 'examine']) {
        await client.command(name, [{ mailbox: other.name }]);
        expect([mailbox.exists, other.exists]).toEqual([3, 1]);
        const { untagged } = await client.command('FETCH', [{ set: '1:*' }, { atom: 'UID' }], { untagged: ['FETCH'] });
        expect(untagged).toHaveLength(1);
        expect(await mailbox.search({})).toEqual([1, 2, 3]);
      }
      await client.command('CLOSE', [], { mailbox });
      expect(client.state).toBe('authenticated');
      expect(await mailbox.search({})).toEqual([1, 2, 3]);
      expect(await rejection(client.command('SELECT', [{ mailbox: freshName(target()) }]))).toBeInstanceOf(
        CommandError,
      );
      await client.command('SELECT', [{ mailbox: other.name }]);
      expect(await mailbox.deleteMessages(1)).toMatchObject({ expunged: 1 });
      expect([mailbox.exists, other.exists]).toEqual([2, 1]);
      expect(await other.search({})).toEqual([1]);
    });

    it('refuses any command that the server refuses, or that is none', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const unknown = await rejection(client.command('XNONSENSE', ['x', 1]));
      expect(unknown).toBeInstanceOf(CommandError);
      const refused = target().mixesNoAndBad ? expect.stringMatching(/^(NO|BAD)$/) : undefined;
      expect(unknown).toMatchObject({ command: 'XNONSENSE', status: refused ?? 'BAD' });
      const inbox = await rejection(client.command('CREATE', [{ mailbox: 'INBOX' }]));
      expect(inbox).toMatchObject({ command: 'CREATE', status: refused ?? 'NO' });
      const { sent } = client.bytes;
      const anything = (value: unknown) => client.command('X', [value as string]); // what a caller without types may write
      for (const attempt of [
        () => client.command(''),
        () => client.command('NOOP\r\nA2 LOGOUT'),
        () => client.command('a b c'),
        () => client.command('UID FETCH (x)'),
        () => client.command('X', [{ atom: 'a b' }]),
        () => client.command('X', [{ atom: '' }]),
        () => client.command('X', ['a\r\nb']),
        () => client.command('X', [{ mailbox: 'a\0' }]),
        () => client.command('X', [{ set: '0' }]),
        () => client.command('X', [{ set: [] }]),
        () => client.command('X', [-1]),
        () => client.command('X', [1.5]),
        () => client.command('X', [Number.NaN]),
        () => client.command('X', [new Date(Number.NaN)]),
        () => client.command('X', [[[{ atom: ')' }]]]),
        () => anything(null),
        () => anything(undefined),
        () => anything(true),
        () => anything({}),
        () => client.command('X', [], { mailbox: {} as typeof mailbox }), // as above
      ]) {
        expect(await rejection(attempt()), attempt.toString()).toBeInstanceOf(UsageError);
      }
      await client.noop();
      expect(client.bytes.sent - sent).toBeLessThan(16);
      expect(await mailbox.search({})).toEqual([1]);
    });

    it('ends in order, once, whatever is under way', async () => {
      const client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(20));
      const closes: unknown[] = [];
      client.on('close', (event) => closes.push(event));
      const pending = [mailbox.fetchAll('1:*', { source: true }), mailbox.search({}), client.list()];
      const ends = [client.logout(), client.logout()];
      const late = rejection(client.noop());
      const [messages, uids] = await Promise.all(pending);
      expect(messages).toHaveLength(20);
      expect(uids).toHaveLength(20);
      await Promise.all(ends);
      expect(await late).toBeInstanceOf(UsageError);
      await client.logout();
      client.close();
      await client[Symbol.asyncDispose]();
      expect(client.state).toBe('closed');
      expect(closes).toEqual([{}]);
      const error = await rejection(mailbox.search({}));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code: 'CLOSED', maybeExecuted: false });
      await mailbox.unselect();
    });

    it('closes at once, and rejects all that is pending', async () => {
      const client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(5));
      const closes: unknown[] = [];
      client.on('close', (event) => closes.push(event));
      const pending = [
        client.noop(),
        mailbox.search({}),
        mailbox.fetchAll('1:*', { source: true }),
        client.append(mailbox.name, { content: 'x' }),
      ].map(rejection);
      client.close();
      for (const error of await Promise.all(pending)) {
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error).toMatchObject({ code: 'CLOSED', phase: 'command' });
      }
      client.close();
      await client.logout();
      expect(closes).toEqual([{}]);
    });

    it('gives up an operation by signal and by timeout, and goes on', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(10));
      const reason = new RangeError('no more');
      // Before it began.
      expect(await rejection(mailbox.search({}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(
        await rejection(
          (async () => {
            for await (const _ of mailbox.fetch('1:*', { flags: true }, { signal: AbortSignal.abort(reason) }))
              expect.fail();
          })(),
        ),
      ).toBe(reason);
      // While it waits.
      const waiting = new AbortController();
      const waits = rejection(mailbox.search({}, { signal: waiting.signal }));
      waiting.abort(reason);
      expect(await waits).toBe(reason);
      // While its answer is due.
      const due = new AbortController();
      const { sent } = client.bytes;
      const answer = rejection(mailbox.search({}, { signal: due.signal }));
      await microtasks();
      expect(client.bytes.sent).toBeGreaterThan(sent);
      due.abort(reason);
      expect(await answer).toBe(reason);
      // While messages come: what has come may be given, then the reason is.
      const flying = new AbortController();
      const iterator = mailbox.fetch('1:*', { source: true }, { signal: flying.signal })[Symbol.asyncIterator]();
      const first = iterator.next();
      await microtasks();
      flying.abort(reason);
      expect(await rejection(first)).toBe(reason);
      expect(await iterator.next()).toEqual({ value: undefined, done: true });
      // After it is done: nothing.
      const late = new AbortController();
      expect(await mailbox.search({}, { signal: late.signal, timeout: 60_000 })).toHaveLength(10);
      late.abort(reason);
      // A deadline passes while another command holds the connection.
      const gate = gatedStream(letters(1)[0] ?? '');
      const appending = client.append(mailbox.name, { content: gate.content });
      expect(await rejection(mailbox.search({}, { timeout: 5 }))).toMatchObject({ code: 'TIMEOUT' });
      gate.open();
      await appending;
      const now = await current(client, target(), mailbox);
      expect(await now.search({})).toHaveLength(11);
      expect(await now.fetchAll('1:*', { flags: true })).toHaveLength(11);
    });
  });
};
