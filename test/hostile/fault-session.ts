/** One session with every family of commands, over a network that fails: each operation is right or has rejected. */
import { isDeepStrictEqual } from 'node:util';
import { connect, ImapError } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { type Fault, faultProxy } from './fault-proxy.ts';

const MESSAGE = `Subject: hello\r\nFrom: a@example.org\r\n\r\n${'text of a message\r\n'.repeat(20)}`;

export interface Swept {
  /** Bytes in each direction. */
  passed: { toClient: number; toServer: number };
  /** What resolved to something else than without a fault, or rejected with what is no error of the library's. */
  wrong: string[];
  resolved: number;
  rejected: number;
}

/** Runs the session; `expected` are the results of a run without a fault, and filled by it. */
export async function faultySession(expected: Map<string, unknown>, fault?: Fault): Promise<Swept> {
  await using server = await createServer();
  await using proxy = await faultProxy(server.port, fault);
  const swept: Swept = { passed: proxy.passed, wrong: [], resolved: 0, rejected: 0 };
  async function run<T>(
    name: string,
    work: () => Promise<T>,
    show: (value: T) => unknown = (value) => value,
  ): Promise<T | undefined> {
    try {
      const value = await work();
      swept.resolved++;
      const shown = show(value);
      if (fault === undefined) expected.set(name, shown);
      // Nothing in IMAP without TLS tells data that were changed on their way.
      else if (fault.kind !== 'corrupt' && !isDeepStrictEqual(shown, expected.get(name)))
        swept.wrong.push(`${name}: ${JSON.stringify(shown)}`);
      return value;
    } catch (error) {
      swept.rejected++;
      if (!(error instanceof ImapError) || error.code === 'INTERNAL') swept.wrong.push(`${name}: ${String(error)}`);
      return undefined;
    }
  }
  const client = await run(
    'connect',
    () =>
      connect({
        host: '127.0.0.1',
        port: proxy.port,
        security: 'none',
        auth: { user: 'user', pass: 'pass' },
        timeouts: { connect: 250, inactivity: 250, farewell: 100 },
      }),
    () => 'connected',
  );
  if (client === undefined) return swept;
  const append = () => client.append('INBOX', { content: MESSAGE, flags: ['\\Flagged'] });
  await run(
    'append',
    () => Promise.all([append(), append(), append()]),
    (all) => all.map(({ uid }) => uid),
  );
  await Promise.all([
    run(
      'create',
      () => client.create('Archive'),
      () => 'created',
    ),
    run('status', () => client.status('INBOX', ['messages'])),
  ]);
  await run(
    'list',
    () => client.list(),
    (all) => all.map(({ name }) => name),
  );
  const inbox = await run(
    'open',
    () => client.open('INBOX'),
    ({ exists }) => exists,
  );
  if (inbox !== undefined) {
    await Promise.all([
      run('search', () => inbox.search({ flagged: true })),
      run(
        'fetch',
        () => inbox.fetchAll('1:*', { size: true, envelope: true }),
        (all) => all.map(({ uid, size, envelope }) => [uid, size, envelope.subject]),
      ),
      run('download', async () => (await (await inbox.download(2)).content.bytes()).toString('latin1')),
    ]);
    await run(
      'store',
      () => inbox.addFlags('1:2', ['\\Seen']),
      ({ flags }) => [...flags].map(([uid, set]) => [uid, [...set].sort()]),
    );
    await run(
      'copy',
      () => inbox.copy('1', 'Archive'),
      ({ uids }) => [...uids],
    );
    await run(
      'move',
      () => inbox.move('2', 'Archive'),
      ({ uids }) => [...uids],
    );
    await run(
      'delete',
      () => inbox.deleteMessages('1'),
      ({ expunged }) => expunged,
    );
    await run('watch', async () => {
      const signal = AbortSignal.timeout(5);
      for await (const _ of inbox.watch({ signal }));
    });
  }
  await run('logout', () => client.logout());
  if (client.state !== 'closed') swept.wrong.push(`the client is ${client.state}`);
  return swept;
}
