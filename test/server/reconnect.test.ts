/** Lost connections to Dovecot: in every state, with TLS and compression. */
import { connect as connectTcp, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { type ConnectOptions, connect, type MailboxEvent } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { letter, letters } from './operations/target.ts';

const QUICK = { minDelay: 1, maxDelay: 10 };

describeServer('dovecot', (server) => {
  /** Options whose connections the test can cut. */
  function cuttable(n: number, more: Partial<ConnectOptions> = {}) {
    const sockets: Socket[] = [];
    const { host, port, tlsPort } = server();
    const options: ConnectOptions = {
      host,
      auth: server().user(n),
      security: 'none',
      reconnect: QUICK,
      socket: () => {
        const socket = connectTcp(more.security === 'tls' ? tlsPort : port, host);
        sockets.push(socket);
        return socket;
      },
      ...more,
    };
    return { options, cut: () => sockets[sockets.length - 1]?.destroy(), sockets };
  }

  it('is secured anew, where the server does not resume TLS too', async () => {
    const tls = { ca: server().ca };
    for (const security of ['tls', 'starttls'] as const) {
      const { options, cut, sockets } = cuttable(1, { security, tls });
      await using client = await connect(options);
      for (let round = 0; round < 3; round++) {
        const again = new Promise((resolve) => client.on('reconnected', resolve));
        await client.noop();
        cut();
        await again;
        await client.noop();
      }
      expect(client.secure).toBe(true);
      // Dovecot here asks for client certificates, and so ends a connection that resumes.
      expect(sockets.length).toBeLessThanOrEqual(5);
    }
  });

  it.each(['tls', 'starttls'] as const)(
    'is opened again with the same options, where the server does not resume %s',
    async (security) => {
      // With an array of its own, this test is the first to connect with it.
      const { options, sockets } = cuttable(1, { security, tls: { ca: [server().ca] } });
      for (let round = 0; round < 4; round++) {
        await using client = await connect(options);
        await client.noop();
      }
      expect(sockets.length).toBe(5);
    },
  );

  it('fetches each message once, however often it is cut off', async () => {
    const { options, cut, sockets } = cuttable(2, { compress: false, limits: { buffer: 100_000 } });
    await using client = await connect(options);
    await client.append(
      'INBOX',
      letters(60).map((content) => ({ content: content + 'x'.repeat(50_000) })),
    );
    const mailbox = await client.open('INBOX');
    const uids: number[] = [];
    for await (const { uid } of mailbox.fetch('1:*', { source: true })) {
      uids.push(uid);
      if (uids.length % 15 === 0) cut();
    }
    expect(uids).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(sockets.length).toBeGreaterThan(2);
    expect(await mailbox.search({ seen: false })).toHaveLength(60);
  });

  it('keeps flags and counts right under random cuts', async () => {
    const { options, cut, sockets } = cuttable(3);
    await using client = await connect(options);
    await client.append(
      'INBOX',
      letters(30).map((content) => ({ content })),
    );
    const mailbox = await client.open('INBOX');
    await client.create('other');
    const other = await client.open('other');
    const done: Promise<unknown>[] = [];
    for (let uid = 1; uid <= 30; uid++) {
      done.push(mailbox.addFlags(uid, ['\\Flagged']), other.search({}), client.status('other'), client.list());
      if (uid % 10 === 0) {
        await done[done.length - 4];
        cut();
      }
    }
    await Promise.all(done);
    expect(await mailbox.search({ flagged: true })).toHaveLength(30);
    expect(sockets.length).toBeGreaterThanOrEqual(3);
  });

  it('watches on', async () => {
    const { options, cut } = cuttable(4);
    await using client = await connect(options);
    await using second = await connect({ ...cuttable(4).options, reconnect: false });
    await client.append('INBOX', { content: letter('first') });
    const mailbox = await client.open('INBOX');
    const events: MailboxEvent[] = [];
    let wake = () => {};
    const until = async (count: number) => {
      while (events.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const watching = (async () => {
      for await (const event of mailbox.watch()) {
        // Flags may be told again after a reselection.
        if (event.type === 'flags') continue;
        events.push(event);
        wake();
        if (events.length === 3) break;
      }
    })();
    await second.append('INBOX', { content: letter('second') });
    await until(1);
    cut();
    await second.append('INBOX', { content: letter('third') });
    await until(2);
    await (await second.open('INBOX')).deleteMessages(1);
    await watching;
    expect(events.map(({ type }) => type)).toEqual(['arrived', 'arrived', 'vanished']);
  });
});
