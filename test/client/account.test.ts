/** Who is signed in: authenticate(), unauthenticate(), proxyAuth(), referrals. */
import { connect as connectTcp } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AuthenticationError, CommandError, connect, type ImapClient, UsageError } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';
import { AUTHORITY, GOOD } from './certificates.ts';
import { CREDENTIALS, GREETING, type Peer, scripted } from './scripted.ts';

const PLAIN = { ...CREDENTIALS, mechanism: 'PLAIN' } as const;
const AFTER = '[CAPABILITY IMAP4rev1 UNAUTHENTICATE ENABLE CONDSTORE]';

/** Lets anybody in, and answers what else comes. */
async function serve(peer: Peer, ended = 'OK done'): Promise<void> {
  peer.send(GREETING);
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('AUTHENTICATE')) {
      peer.send('+ ');
      await peer.line();
      peer.send(`${tag} OK ${AFTER} in`);
    } else if (text.startsWith('LOGIN')) peer.send(`${tag} OK ${AFTER} in`);
    else if (text.startsWith('SELECT')) peer.send('* 1 EXISTS', '* OK [UIDVALIDITY 1]', `${tag} OK selected`);
    else if (text.startsWith('ENABLE')) peer.send('* ENABLED CONDSTORE', `${tag} OK`);
    else if (text === 'UNAUTHENTICATE') peer.send(`${tag} ${ended}`);
    else if (text === 'CAPABILITY') peer.send('* CAPABILITY IMAP4rev1 AUTH=PLAIN', `${tag} OK`);
    else peer.send(`${tag} OK`);
  }
}

describe('unauthenticate (RFC 8437)', () => {
  it('leaves nothing of the user, and lets another in', async () => {
    await using server = await scripted(serve);
    await using client = await connect({ ...server.options, auth: PLAIN });
    await client.enable(['CONDSTORE']);
    const mailbox = await client.open('INBOX');
    expect([client.state, client.enabled.size, client.capabilities.has('UNAUTHENTICATE')]).toEqual([
      'selected',
      1,
      true,
    ]);
    await client.unauthenticate();
    expect([client.state, client.enabled.size, client.capabilities.has('UNAUTHENTICATE')]).toEqual([
      ...['connected', 0, false],
    ]);
    expect(await rejection(mailbox.search({ all: true }))).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    await mailbox.unselect();
    expect(await rejection(client.unauthenticate())).toMatchObject({ code: 'MISSING_CAPABILITY' });
    await client.authenticate({ user: 'other', pass: 'pass2', mechanism: 'PLAIN' });
    expect([client.state, client.capabilities.has('UNAUTHENTICATE')]).toEqual(['authenticated', true]);
    await using again = await client.open('INBOX');
    expect(again.exists).toBe(1);
    const names = server.peers[0]?.received.map((line) => line.replace(/^A\d+ /, ''));
    expect(names?.slice(0, 10)).toEqual([
      ...['AUTHENTICATE PLAIN', Buffer.from(`\0joe\0${CREDENTIALS.pass}`).toString('base64')],
      ...['ENABLE CONDSTORE', 'SELECT "INBOX" (CONDSTORE)', 'UNAUTHENTICATE', 'CAPABILITY'],
      ...['AUTHENTICATE PLAIN', Buffer.from('\0other\0pass2').toString('base64'), 'SELECT "INBOX" (CONDSTORE)'],
    ]);
  });

  it('takes capabilities that come with the answer', async () => {
    await using server = await scripted((peer) => serve(peer, 'OK [CAPABILITY IMAP4rev1 AUTH=PLAIN X-NEW] bye'));
    await using client = await connect({ ...server.options, auth: PLAIN });
    await client.unauthenticate();
    expect([...client.capabilities.names]).toContain('X-NEW');
    expect(server.peers[0]?.received.at(-1)).toContain('UNAUTHENTICATE');
  });

  it('changes nothing where it is refused', async () => {
    await using server = await scripted((peer) => serve(peer, 'NO not now'));
    await using client = await connect({ ...server.options, auth: PLAIN });
    const mailbox = await client.open('INBOX');
    expect(await rejection(client.unauthenticate())).toBeInstanceOf(CommandError);
    expect(client.state).toBe('selected');
    await mailbox.check();
    expect(await client.open('INBOX')).toMatchObject({ exists: 1 });
  });

  it('is refused here where the connection is compressed: the server would end that', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNAUTHENTICATE COMPRESS=DEFLATE] ready');
      await peer.expect('COMPRESS DEFLATE');
      await peer.gone();
    });
    const client = await connect(server.options);
    expect(await rejection(client.unauthenticate())).toMatchObject({ name: 'UsageError', code: 'COMPRESSED' });
    client.close();
  });

  it('ends no watch where it is not done', async () => {
    await using server = await createServer({ withoutCapabilities: ['UNAUTHENTICATE'] });
    const { host, port } = server;
    await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
    const mailbox = await client.open('INBOX');
    const watched = mailbox.watch()[Symbol.asyncIterator]();
    const next = watched.next();
    await mailbox.search({});
    expect(await rejection(client.unauthenticate())).toMatchObject({ code: 'MISSING_CAPABILITY' });
    expect(await rejection(client.proxyAuth('ann'))).toBeInstanceOf(CommandError);
    server.store.deliver('INBOX', 'A: b\r\n\r\n');
    expect((await next).value).toMatchObject({ type: 'arrived', messages: [{ uid: 1 }] });
    await watched.return?.();
  });

  it('ends what goes on by itself, whatever still runs for the user before', async () => {
    await using server = await createServer({ users: { joe: 'one' } });
    server.store.create('B');
    const { host, port } = server;
    const options = { host, port, security: 'none' as const, compress: false };
    await using client = await connect({ ...options, auth: { user: 'joe', pass: 'one' } });
    const mailbox = await client.open('INBOX');
    const updates = mailbox.searchUpdates({ seen: false })[Symbol.asyncIterator]();
    expect((await updates.next()).value).toEqual({ type: 'found', uids: [] });
    const next = updates.next();
    await client.open('B');
    // Selects the mailbox once more: the server is not asked again for what would come too late.
    const found = mailbox.search({});
    await client.unauthenticate();
    expect(await found).toEqual([]);
    expect(await next).toMatchObject({ done: true });
  });

  it("ends what takes several commands: the rest of an append is not the next user's", async () => {
    await using server = await createServer({ users: { joe: 'one', ann: 'two' } });
    const { host, port } = server;
    const auth = { user: 'joe', pass: 'one' };
    await using client = await connect({ host, port, security: 'none' as const, compress: false, auth });
    let go = () => {};
    const called = new Promise<void>((resolve) => {
      go = resolve;
    });
    const messages = async function* () {
      yield { content: 'A: 1\r\n\r\n' };
      await called;
      for (let count = 2; count <= 200; count++) yield { content: `A: ${count}\r\n\r\n` };
    };
    const appended = rejection(client.append('INBOX', messages()));
    await client.unauthenticate();
    go();
    await client.authenticate({ user: 'ann', pass: 'two' });
    expect(await appended).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    expect(await client.status('INBOX', ['messages'])).toEqual({ messages: 0 });
  });

  it('ends an append of several messages whose next command waits behind it', async () => {
    let answer = () => {};
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text === 'NOOP') answer = () => peer.send(`${tag} OK done`);
        else if (text.startsWith('PROXYAUTH')) peer.send(`${tag} OK done`);
        else peer.send(`${tag} NO`);
      }
    });
    const client = await connect(server.options);
    let give = () => {};
    const given = new Promise<void>((resolve) => {
      give = resolve;
    });
    const messages = async function* () {
      await given;
      yield { content: 'A: b\r\n\r\n' };
    };
    const appended = rejection(client.append('INBOX', messages()));
    const nothing = client.noop();
    const left = client.proxyAuth('ann');
    give();
    await expect.poll(() => server.peers[0]?.received.length).toBe(1);
    answer();
    await Promise.all([nothing, left]);
    expect(await appended).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    expect(server.peers[0]?.received).toHaveLength(2);
    client.close();
  });

  it('ends nothing that is called for behind it', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      await peer.expect('PROXYAUTH "ann"');
      for (const name of ['LIST "" "*"', 'DELETE "A"']) await peer.expect(name);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    await Promise.all([client.proxyAuth('ann'), client.list(), client.delete('A')]);
  });

  it('ends no notifications that are asked for behind it', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY] hello');
      await peer.expect('PROXYAUTH "ann"');
      await peer.expect('NOTIFY SET');
      peer.send('* STATUS "A" (MESSAGES 3)');
      await peer.expect('NOTIFY');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const left = client.proxyAuth('ann');
    const events = client.notify([{ scope: 'personal', events: ['messageNew', 'messageExpunge'] }]);
    const iterator = events[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { type: 'status', mailbox: 'A' } });
    await left;
    await iterator.return?.();
  });

  it('has the capabilities asked for that hold without the user, where it was given up too late', async () => {
    let answer = () => {};
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNAUTHENTICATE] hello');
      const { tag } = await peer.command();
      answer = () => peer.send(`${tag} OK done`);
      await peer.expect('CAPABILITY', '* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED');
      await peer.expect('AUTHENTICATE PLAIN');
      await peer.expect('CAPABILITY', '* CAPABILITY IMAP4rev1');
    });
    await using client = await connect(server.options);
    const givingUp = new AbortController();
    const left = rejection(client.unauthenticate({ signal: givingUp.signal }));
    await expect.poll(() => server.peers[0]?.received).toEqual(['A1 UNAUTHENTICATE']);
    givingUp.abort();
    await left;
    answer();
    await expect.poll(() => client.state).toBe('connected');
    await client.authenticate(CREDENTIALS);
    expect(client.state).toBe('authenticated');
    client.close();
  });

  it.each(['unauthenticate', 'proxyAuth'] as const)(
    '%s: leaves the user where it was given up too late',
    async (method) => {
      const giving = new AbortController();
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNAUTHENTICATE] hello');
        await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
        const { tag } = await peer.command();
        giving.abort();
        peer.send(`${tag} OK [CAPABILITY IMAP4rev1] done`);
        await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 2]');
        await peer.gone();
      });
      const client = await connect(server.options);
      const mailbox = await client.open('INBOX');
      const options = { signal: giving.signal };
      const left = method === 'proxyAuth' ? client.proxyAuth('ann', options) : client.unauthenticate(options);
      expect(await rejection(left)).toBe(giving.signal.reason);
      expect(await rejection(client.noop())).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
      const again = await client.open('INBOX');
      expect(await rejection(mailbox.check())).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
      expect(again.exists).toBe(2);
      client.close();
    },
  );

  describe.each(['unauthenticate', 'proxyAuth'] as const)('%s that was given up before it was answered', (method) => {
    const CALLS: ((client: ImapClient) => Promise<unknown>)[] = [
      (client) => client.append('INBOX', { content: 'A: b\r\n\r\n' }),
      (client) => client.subscribe('A'),
      (client) => client.command('X'),
      (client) => client.acl.set('A', 'eve', 'lr'),
      (client) => client.list(),
    ];

    /** What was sent behind it, and what became of calls that came before its answer; `next` is called behind them. */
    async function calledMeanwhile(
      answered: string,
      next: (client: ImapClient) => Promise<unknown>,
      reconnect = false,
    ) {
      let answer = () => {};
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNAUTHENTICATE ACL LITERAL+] hello');
        while (!peer.closed) {
          const { tag, text } = await peer.command();
          if (text === 'LOGOUT') peer.send('* BYE', `${tag} OK`);
          else if (text === 'UNAUTHENTICATE' || text === 'PROXYAUTH "ann"')
            answer = () => peer.send(`${tag} ${answered}`);
          else if (/^A\d/.test(tag)) peer.send(`${tag} OK done`);
        }
      });
      const client = await connect({ ...server.options, reconnect });
      const giving = new AbortController();
      const options = { signal: giving.signal };
      const left = rejection(
        method === 'proxyAuth' ? client.proxyAuth('ann', options) : client.unauthenticate(options),
      );
      await expect.poll(() => server.peers[0]?.received.length).toBe(1);
      giving.abort();
      expect(await left).toBe(giving.signal.reason);
      const called = Promise.allSettled(CALLS.map((call) => call(client)));
      const ended = next(client);
      answer();
      const outcomes = await called;
      await ended;
      client.close();
      const sent = server.peers[0]?.received.flatMap((line) => /^A\d+ (?!CAPABILITY)(.*)$/.exec(line)?.[1] ?? []) ?? [];
      return { outcomes, sent: sent.slice(1) };
    }

    it.each([false, true])(
      'has nothing sent that was called for before the answer (reconnect: %s)',
      async (reconnect) => {
        const { outcomes, sent } = await calledMeanwhile('OK done', (client) => client.logout(), reconnect);
        for (const outcome of outcomes)
          expect(outcome).toMatchObject({ reason: { name: 'UsageError', code: 'CLOSED' } });
        expect(sent).toEqual(['LOGOUT']);
      },
    );

    it('has sent what is called for behind the next call to let a user in', async () => {
      const next = (client: ImapClient) => Promise.all([client.proxyAuth('bob'), client.unsubscribe('B')]);
      const { sent } = await calledMeanwhile('OK done', next);
      expect(sent).toEqual(['PROXYAUTH "bob"', 'UNSUBSCRIBE "B"']);
    });

    it('has sent all that was called for where it is refused', async () => {
      const { outcomes, sent } = await calledMeanwhile('NO who?', (client) => client.logout());
      expect(outcomes.map(({ status }) => status)).toEqual(CALLS.map(() => 'fulfilled'));
      const names = sent.map((line) => line.split(' ', 1).join(''));
      expect(names).toEqual(['APPEND', 'SUBSCRIBE', 'X', 'SETACL', 'LIST', 'LOGOUT']);
    });
  });

  it('selects nothing of the user any more, where the connection is lost meanwhile', async () => {
    let greet = () => {};
    const left = new Promise<void>((resolve) => {
      greet = resolve;
    });
    let connections = 0;
    await using server = await scripted(async (peer) => {
      if (++connections > 1) await left;
      await serve(peer);
    });
    const reconnect = { minDelay: 1, maxDelay: 1 };
    await using client = await connect({ ...server.options, auth: PLAIN, reconnect });
    await client.open('INBOX');
    server.peers[0]?.socket.destroy();
    await expect.poll(() => client.state).toBe('reconnecting');
    const leaving = client.unauthenticate();
    greet();
    await leaving;
    await client.authenticate({ user: 'other', pass: 'pass2', mechanism: 'PLAIN' });
    await client.noop();
    expect(client.state).toBe('authenticated');
    expect(server.peers[1]?.received.filter((line) => line.includes('SELECT'))).toEqual([]);
  });

  it('selects nothing of the user any more, where it comes while an extension is enabled', async () => {
    const capabilities = '[CAPABILITY IMAP4rev1 UNAUTHENTICATE UNSELECT ENABLE]';
    await using server = await scripted(async (peer) => {
      peer.send(`* PREAUTH ${capabilities} hello`);
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        peer.send(`${tag} OK ${text === 'UNAUTHENTICATE' ? capabilities : ''} done`);
      }
    });
    await using client = await connect(server.options);
    await client.open('INBOX');
    await Promise.allSettled([client.enable(['CONDSTORE']), client.unauthenticate()]);
    await client.noop();
    await client.noop();
    expect(server.peers[0]?.received.filter((line) => line.includes('SELECT "INBOX"'))).toHaveLength(1);
  });

  it('selects nothing of the user any more, where a mailbox waits to be selected again', async () => {
    const capabilities = '[CAPABILITY IMAP4rev1 UNAUTHENTICATE UNSELECT ENABLE]';
    let held: Promise<unknown> | undefined;
    let release = () => {};
    await using server = await scripted(async (peer) => {
      peer.send(`* PREAUTH ${capabilities} hello`);
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        const answer = () => peer.send(`${tag} OK ${text === 'UNAUTHENTICATE' ? capabilities : ''} done`);
        // Goes out behind ENABLE, and lets nothing go out beside it.
        if (text.startsWith('ENABLE')) held = client.command('XHELD');
        if (text === 'XHELD') release = answer;
        else answer();
      }
    });
    await using client = await connect(server.options);
    await client.open('INBOX');
    await client.enable(['CONDSTORE']);
    const left = client.unauthenticate();
    await expect.poll(() => server.peers[0]?.received.at(-1)).toContain('XHELD');
    release();
    await Promise.all([held, left]);
    await client.noop();
    await client.noop();
    expect(server.peers[0]?.received.filter((line) => line.includes('SELECT "INBOX"'))).toHaveLength(1);
  });

  it.each<[string, (client: ImapClient) => Promise<unknown>, string]>([
    ['deleted', (client) => client.delete('A'), 'DELETE "A"'],
    ['renamed', (client) => client.rename('A', 'B'), 'RENAME "A" "B"'],
  ])('waits for a mailbox to be %s, which is left before', async (_, call, command) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNSELECT] hello');
      while (!peer.closed) peer.send(`${(await peer.command()).tag} OK done`);
    });
    await using client = await connect(server.options);
    await client.open('A');
    await Promise.all([call(client), client.proxyAuth('ann')]);
    const sent = server.peers[0]?.received.map((line) => line.replace(/^A\d+ /, '')) ?? [];
    expect(sent.slice(-3)).toEqual(['UNSELECT', command, 'PROXYAUTH "ann"']);
  });

  it.each<[string, (client: ImapClient) => Promise<unknown>]>([
    ['a search of mailboxes', (client) => client.searchMailboxes({ seen: true }, { subtree: 'A' })],
    ['mailboxes to be listed', (client) => client.list({ status: ['messages'] })],
  ])("has no step of the user's call carried out for the next one: %s", async (_, call) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNSELECT] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('LIST')) peer.send('* LIST () "/" A');
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    await client.open('A');
    const called = rejection(call(client));
    await client.proxyAuth('ann');
    expect(await called).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    await client.noop();
    const sent = server.peers[0]?.received.map((line) => line.replace(/^A\d+ /, '')) ?? [];
    expect(sent.slice(sent.indexOf('PROXYAUTH "ann"') + 1)).toEqual(['NOOP']);
  });

  it('has nothing of the user done for the next one, where the first call to leave him is refused', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      await peer.expect('SELECT "A"');
      const { tag } = await peer.command();
      peer.send(`${tag} NO who is bob?`);
      await peer.expect('PROXYAUTH "ann"');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('A');
    const refused = rejection(client.proxyAuth('bob'));
    const left = client.proxyAuth('ann');
    expect(await refused).toBeInstanceOf(CommandError);
    expect(await rejection(mailbox.check())).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    await left;
    expect(await rejection(mailbox.check())).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
  });

  it('opens nothing for the next user that was to be opened for the one who was to stay', async () => {
    let answer = () => {};
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      const { tag } = await peer.command();
      answer = () => peer.send(`${tag} OK done`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const giving = new AbortController();
    const left = rejection(client.proxyAuth('ann', { signal: giving.signal }));
    await expect.poll(() => server.peers[0]?.received.length).toBe(1);
    giving.abort();
    expect(await left).toBe(giving.signal.reason);
    const opened = rejection(client.open('A'));
    answer();
    expect(await opened).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
  });

  it('works on the testing server, which forgets the user too', async () => {
    await using server = await createServer({ users: { joe: 'one', ann: 'two' } });
    const { host, port } = server;
    const options = { host, port, security: 'none' as const, compress: false };
    await using client = await connect({ ...options, auth: { user: 'joe', pass: 'one' } });
    await client.append('INBOX', { content: 'A: b\r\n\r\n' });
    const mailbox = await client.open('INBOX');
    const next = mailbox.watch()[Symbol.asyncIterator]().next();
    await client.noop();
    await client.unauthenticate();
    expect(await next).toMatchObject({ done: true });
    expect(client.state).toBe('connected');
    await client.authenticate({ user: 'ann', pass: 'two' });
    expect(await client.status('INBOX', ['messages'])).toEqual({ messages: 0 });
  });
});

describe('authenticate', () => {
  it.each([false, true])('asks for the capabilities that hold behind it (reconnect: %s)', async (reconnect) => {
    await using server = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1 X-BEFORE] ready');
      await peer.expect('LOGIN');
      await peer.expect('CAPABILITY', '* CAPABILITY IMAP4rev1 X-AFTER');
      await peer.gone();
    });
    const client = await connect({ ...server.options, reconnect });
    await client.authenticate(CREDENTIALS);
    expect([...client.capabilities.names]).toEqual(['IMAP4REV1', 'X-AFTER']);
    client.close();
  });

  it('closes the connection to a server that breaks the rules of the exchange', async () => {
    let cancelled: string | undefined;
    await using server = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256] ready');
      await peer.command();
      peer.send('+');
      await peer.line();
      // It does not extend the client's nonce.
      peer.send(`+ ${Buffer.from('r=other,s=c2FsdA==,i=4096').toString('base64')}`);
      cancelled = await peer.line();
      await peer.gone();
    });
    const client = await connect(server.options);
    const closed = new Promise((resolve) => client.on('close', resolve));
    const error = await rejection(client.authenticate(CREDENTIALS));
    expect(error).toMatchObject({ name: 'ProtocolError', code: 'SCRAM_NONCE' });
    expect(await closed).toEqual({ error });
    expect(client.state).toBe('closed');
    await Promise.all(server.peers.map((peer) => peer.gone()));
    expect(cancelled).toBe('*');
  });

  it('signs in on a connection that nobody is on, and on those that replace it', async () => {
    await using server = await createServer({ users: { joe: 'one' } });
    const { host, port } = server;
    await using client = await connect({ host, port, security: 'none', reconnect: { minDelay: 1 } });
    expect(client.state).toBe('connected');
    const error = await rejection(client.authenticate({ user: 'joe', pass: 'wrong' }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(client.state).toBe('connected');
    let asked = 0;
    const credentials = () => {
      asked++;
      return { user: 'joe', pass: 'one' };
    };
    await client.authenticate(credentials);
    expect(client.state).toBe('authenticated');
    const twice = await rejection(client.authenticate(credentials));
    expect(twice).toMatchObject({ name: 'UsageError', code: 'AUTHENTICATED' });
    const back = new Promise((resolve) => client.on('reconnected', resolve));
    await client.command('LOGOUT').catch(() => {});
    await back;
    await client.status('INBOX', ['messages']);
    expect(asked).toBe(2);
  });

  it('sends no password over a network in cleartext', async () => {
    await using server = await scripted(serve);
    const socket = async () => {
      const { connect: connectTcp } = await import('node:net');
      return connectTcp(server.port, '127.0.0.1');
    };
    await using client = await connect({ ...server.options, host: 'mail.example.com', socket });
    expect(await rejection(client.authenticate(CREDENTIALS))).toMatchObject({ code: 'CLEARTEXT_AUTH' });
    expect(await rejection(client.authenticate({ user: '', pass: 'x' }))).toBeInstanceOf(UsageError);
    expect(server.peers[0]?.received.join()).not.toMatch(/LOGIN|AUTHENTICATE/);
  });
});

describe('proxyAuth', () => {
  it('acts for another user, on new connections too', async () => {
    await using server = await scripted(serve);
    const reconnect = { minDelay: 1 };
    await using client = await connect({ ...server.options, reconnect, auth: PLAIN });
    const mailbox = await client.open('INBOX');
    await client.proxyAuth('ann');
    expect(client.state).toBe('authenticated');
    expect(await rejection(mailbox.check())).toMatchObject({ code: 'CLOSED' });
    const back = new Promise((resolve) => client.on('reconnected', resolve));
    server.peers[0]?.socket.destroy();
    await back;
    expect(server.peers[1]?.received.at(-1)).toContain('PROXYAUTH "ann"');
  });
});

describe('a login referral (RFC 2221)', () => {
  const play = (answer: string) => async (peer: Peer) => {
    peer.send('* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS] ready');
    const { tag } = await peer.command();
    peer.send(`${tag} ${answer}`);
    while (!peer.closed) await peer.expect('').catch(() => {});
  };
  const url = 'IMAP://MIKE;AUTH=*@SERVER2/';

  it('is told, and not followed', async () => {
    await using server = await scripted(play(`OK [REFERRAL ${url}] some of your mail is elsewhere`), GOOD);
    await using client = await connect({ ...server.options, tls: { ca: AUTHORITY }, auth: CREDENTIALS });
    expect(client.referral).toBe(url);
    await using plain = await scripted(play(`OK [REFERRAL ${url}] someone else said so`));
    await using exposed = await connect({ ...plain.options, auth: CREDENTIALS });
    expect(exposed.referral).toBeUndefined();
  });

  it('is in the error of a refusal, without what is secret', async () => {
    await using server = await scripted(play(`NO [REFERRAL ${url}] elsewhere`));
    const error = await rejection(connect({ ...server.options, auth: CREDENTIALS }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'REFERRAL', responseCode: { url } });
    await using repeating = await scripted(play(`NO [REFERRAL imap://joe:secret%20word@x/ "${CREDENTIALS.pass}"] no`));
    const careful = await rejection(connect({ ...repeating.options, auth: CREDENTIALS }));
    expect(JSON.stringify(careful) + careful.message).not.toContain(CREDENTIALS.pass);
  });

  it('of a mailbox names all the servers it is on (RFC 2193)', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MAILBOX-REFERRALS] ready');
      const { tag } = await peer.command();
      peer.send(`${tag} NO [REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE IMAP://user;AUTH=*@SERVER3/REMOTE] Remote`);
      while (!peer.closed) await peer.expect('').catch(() => {});
    });
    await using client = await connect(server.options);
    const error = await rejection(client.open('REMOTE'));
    const urls = ['IMAP://user;AUTH=*@SERVER2/REMOTE', 'IMAP://user;AUTH=*@SERVER3/REMOTE'];
    expect(error).toMatchObject({ code: 'REFERRAL', responseCode: { url: urls[0], urls } });
  });
});

describe('a refused authentication', () => {
  it('leaves the capabilities known: the next one asks for them once, behind it', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(GREETING);
      await peer.expect('NOOP');
      const first = await peer.command();
      peer.send(`${first.tag} NO [AUTHENTICATIONFAILED] no`);
      await peer.expect('LOGIN');
      await peer.expect('CAPABILITY', '* CAPABILITY IMAP4rev1 IDLE');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    await client.noop();
    const auth = { ...CREDENTIALS, mechanism: 'LOGIN' } as const;
    const plain = { host: '127.0.0.1', auth };
    expect(await rejection(client.authenticate(plain.auth))).toBeInstanceOf(AuthenticationError);
    expect(client.capabilities.has('AUTH=PLAIN')).toBe(true);
    await client.authenticate(auth);
    expect(client.capabilities.has('IDLE')).toBe(true);
  });
});

describe('a command of the caller’s own that signs in', () => {
  it.each([
    ['LOGIN', ['joe', 'open sesame'], /^A\d+ LOGIN \[secret\]$/],
    ['AUTHENTICATE', [{ atom: 'PLAIN' }, { atom: 'AGpvZQBvcGVuIHNlc2FtZQ==' }], /^A\d+ AUTHENTICATE \[secret\]$/],
    ['AUTHENTICATE PLAIN', ['open sesame'], /^A\d+ AUTHENTICATE PLAIN \[secret\]$/],
  ] as const)('keeps the password out of log and error: %s', async (name, args, line) => {
    await using server = await scripted(async (peer) => {
      peer.send(GREETING);
      const { tag } = await peer.command();
      peer.send(`${tag} NO "open sesame" is not it, nor AGpvZQBvcGVuIHNlc2FtZQ==`);
      await peer.expect('LOGOUT', '* BYE');
    });
    const log: string[] = [];
    await using client = await connect({ ...server.options, log: ({ text }) => log.push(text) });
    const error = await rejection(client.command(name, [...args]));
    expect(error).toBeInstanceOf(CommandError);
    expect(log.some((text) => line.test(text))).toBe(true);
    for (const text of [...log, String(error)]) expect(text).not.toMatch(/sesame|AGpvZQBvcGVuIHNlc2FtZQ/);
  });

  it.each([
    ['PLAIN', '\0joe\0open sesame', 'joe: open sesame is not it, nor b3BlbiBzZXNhbWU='],
    ['XOAUTH2', 'user=joe\x01auth=Bearer ya29.x\x01\x01', 'joe: ya29.x has expired'],
    ['OAUTHBEARER', 'n,a=joe,\x01host=h\x01auth=Bearer ya29.x\x01\x01', 'joe: ya29.x has expired'],
  ])('keeps out what the base64 of %s holds', async (mechanism, response, said) => {
    await using server = await scripted(async (peer) => {
      peer.send(GREETING);
      const { tag } = await peer.command();
      peer.send(`${tag} NO ${said}`);
      await peer.expect('LOGOUT', '* BYE');
    });
    const log: string[] = [];
    await using client = await connect({ ...server.options, log: ({ text }) => log.push(text) });
    const base64 = Buffer.from(response).toString('base64');
    const error = await rejection(client.command(`AUTHENTICATE ${mechanism}`, [{ atom: base64 }]));
    const shown = [...log, String(error)].join();
    expect(shown).toContain('NO joe: [secret]');
    for (const secret of ['open sesame', 'b3BlbiBz', 'ya29']) expect(shown).not.toContain(secret);
  });
});

describe('command', () => {
  it('signs in as authenticate does', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR X-BEFORE] ready');
      const refused = await peer.command();
      peer.send(`${refused.tag} NO not you`);
      const asked = await peer.command();
      peer.send('+ ');
      expect(await peer.line()).toBe('*');
      peer.send(`${asked.tag} BAD cancelled`);
      await peer.expect('AUTHENTICATE PLAIN AGEAYg==');
      await peer.expect('CAPABILITY', '* CAPABILITY IMAP4rev1 X-AFTER');
      await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
      await peer.gone();
    });
    const client = await connect(server.options);
    const offers = () => [client.state, client.capabilities.has('X-BEFORE'), client.capabilities.has('X-AFTER')];
    expect(await rejection(client.command('LOGIN', ['a', 'wrong']))).toBeInstanceOf(CommandError);
    expect(await rejection(client.command('AUTHENTICATE', [{ atom: 'PLAIN' }]))).toBeInstanceOf(CommandError);
    expect(offers()).toEqual(['connected', true, false]);
    await client.command('AUTHENTICATE', [{ atom: 'PLAIN' }, { atom: 'AGEAYg==' }]);
    expect(offers()).toEqual(['authenticated', false, true]);
    await client.open('INBOX');
    client.close();
  });

  it.each(['LOGIN', 'AUTHENTICATE'])('%s sends no credentials where authenticate would not', async (name) => {
    await using server = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR] ready');
      await peer.gone();
    });
    const args = name === 'LOGIN' ? ['joe', 'secret'] : [{ atom: 'PLAIN' }, { atom: 'AGEAYg==' }];
    const { port } = server;
    const socket = () => connectTcp({ host: '127.0.0.1', port });
    const far = await connect({ ...server.options, host: 'mail.example.org', socket });
    const near = await connect(server.options);
    const code = name === 'LOGIN' ? 'NO_MECHANISM' : 'CLEARTEXT_AUTH';
    expect(await rejection(far.command(name, args))).toMatchObject({ name: 'UsageError', code });
    // It is disabled (RFC 3501 §6.2.3).
    if (name === 'LOGIN') expect(await rejection(near.command(name, args))).toMatchObject({ code });
    far.close();
    near.close();
    expect(server.peers.flatMap(({ received }) => received)).toEqual([]);
  });

  it.each(['SELECT', 'EXAMINE', 'CLOSE', 'UNSELECT'])(
    '%s leaves no handle in another mailbox than its own',
    async (name) => {
      const selects = name === 'SELECT' || name === 'EXAMINE';
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
        await peer.expect('SELECT "INBOX"', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
        await peer.expect(name, ...(selects ? ['* 9 EXISTS'] : []));
        await peer.expect('SELECT "INBOX"', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
        await peer.expect('UID STORE 1 +FLAGS');
        await peer.gone();
      });
      const client = await connect(server.options);
      const inbox = await client.open('INBOX');
      const counts: number[] = [];
      inbox.on('exists', ({ count }) => counts.push(count));
      await client.command(name, selects ? [{ mailbox: 'other' }] : []);
      await inbox.addFlags([1], ['\\Deleted']);
      expect(counts).toEqual([]);
      client.close();
    },
  );
});

it('a name of delimiters for Gmail is sent without delay', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 X-GM-EXT-1] hello');
    const { tag, text } = await peer.command();
    expect(text).toBe('CREATE {300001}');
    peer.send('+ go');
    await peer.line();
    peer.send(`${tag} OK done`);
    await peer.expect('LOGOUT', '* BYE');
  });
  await using client = await connect(server.options);
  await client.create(`${'/'.repeat(300_000)}a//`);
});
