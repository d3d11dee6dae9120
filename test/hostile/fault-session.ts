/**
 * One session with every family of commands, over a network that fails: each operation is right or has rejected, and another
 * session finds what the outcomes promise.
 */
import { isDeepStrictEqual } from 'node:util';
import { CommandError, ConnectionError, connect, type ImapClient, ImapError, type Mailbox } from '../../src/index.ts';
import { type Fault, faultProxy } from './fault-proxy.ts';
import type { FaultTarget } from './fault-targets.ts';
import {
  copied,
  flagged,
  found,
  made,
  Promised,
  removed,
  renamed,
  type Step,
  stored,
  swept,
  whole,
} from './promised.ts';

export interface Outcome {
  /** Bytes in each direction. */
  passed: { toClient: number; toServer: number };
  /** What must not be. */
  wrong: string[];
  resolved: number;
  /** What rejected, and with what. */
  rejected: string[];
}

/** An operation that has not settled by then never will, ms. */
const PATIENCE = 60_000;
let sessions = 0;

/** Runs the session; `expected` are the results of a run without a fault, and filled by it. */
export async function faultySession(
  target: FaultTarget,
  expected: Map<string, unknown>,
  fault?: Fault,
): Promise<Outcome> {
  const prefix = `s${String(++sessions).padStart(6, '0')}`;
  const session = new FaultySession(target, expected, fault, prefix);
  await using proxy = await faultProxy(target.port, fault);
  await session.play(proxy.port);
  const { passed } = proxy;
  await proxy[Symbol.asyncDispose]();
  await session.compare();
  await swept(target.witness, prefix);
  return { passed, wrong: session.wrong, resolved: session.resolved, rejected: session.rejected };
}

const text = (subject: string) =>
  `Subject: ${subject}\r\nFrom: a@example.org\r\nMessage-ID: <${subject}@example.org>\r\n\r\n${'text of a message\r\n'.repeat(10)}`;
const message = (subject: string) => ({ content: text(subject), flags: ['\\Flagged'] });

/**
 * Dovecot answers about one CREATE in a thousand on a busy machine with ALREADYEXISTS for the mailbox that it has just made:
 * each of these names is new, and was seen to be sent once.
 */
function madeNow(error: unknown): void {
  if (!(error instanceof CommandError && error.code === 'ALREADYEXISTS')) throw error;
}

class FaultySession {
  readonly wrong: string[] = [];
  resolved = 0;
  readonly rejected: string[] = [];
  readonly #target: FaultTarget;
  readonly #expected: Map<string, unknown>;
  readonly #fault: Fault | undefined;
  readonly #prefix: string;
  readonly #promised = new Promised();
  /** Nothing in IMAP without TLS tells data that were changed on their way. */
  readonly #trusted: boolean;
  /** What is waited for may never come. */
  readonly #silent: boolean;
  #client: ImapClient | undefined;

  constructor(target: FaultTarget, expected: Map<string, unknown>, fault: Fault | undefined, prefix: string) {
    this.#target = target;
    this.#expected = expected;
    this.#fault = fault;
    this.#prefix = prefix;
    this.#silent = fault?.kind === 'freeze' || fault?.kind === 'corrupt';
    this.#trusted = target.sealed ? true : fault?.kind !== 'corrupt';
  }

  /** Another session finds what was promised; a server may still be at it. */
  async compare(): Promise<void> {
    if (!this.#trusted) return;
    const { witness } = this.#target;
    let world = await found(witness, this.#prefix);
    for (let round = 0; round < 40 && !this.#promised.holds(world); round++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      world = await found(witness, this.#prefix);
    }
    if (!this.#promised.holds(world)) this.wrong.push(`${JSON.stringify(world)} where was promised ${this.#promised}`);
  }

  async play(port: number): Promise<void> {
    const timeouts = this.#silent
      ? { connect: 400, inactivity: 250, farewell: 100 }
      : { connect: 20_000, inactivity: 20_000, farewell: 20_000 };
    const options = { host: '127.0.0.1', port, ...this.#target.options, timeouts };
    const client = await this.#run(
      'connect',
      [],
      () => connect(options),
      ({ state }) => state,
    );
    if (client === undefined) return;
    this.#client = client;
    await this.#mailboxes(client);
    const mailbox = await this.#run(
      'open',
      [],
      () => client.open(`${this.#prefix} a`),
      ({ exists }) => exists,
    );
    if (mailbox !== undefined) {
      await this.#reading(mailbox, client);
      await this.#changing(mailbox, client);
    }
    await this.#run('logout', [], () => client.logout());
    if (client.state !== 'closed') this.wrong.push(`the client is ${client.state}`);
  }

  async #mailboxes(client: ImapClient): Promise<void> {
    const [a, b] = [`${this.#prefix} a`, `${this.#prefix} b`];
    await this.#run(
      'create',
      [made(a), made(b)],
      () => Promise.all([a, b].map((name) => client.create(name).catch(madeNow))),
      ({ length }) => length,
    );
    await this.#run(
      'append',
      ['one', 'two', 'three'].map((subject) => stored(a, subject, '\\Flagged')),
      () => Promise.all(['one', 'two', 'three'].map((subject) => client.append(a, message(subject)))),
      (all) => all.map(({ uid }) => uid),
    );
    await this.#run(
      'append many',
      ['four', 'five', 'six'].map((subject) => stored(a, subject, '\\Flagged')),
      () => client.append(a, ['four', 'five', 'six'].map(message)),
      (all) => all.map(({ uid }) => uid),
    );
    await Promise.all([
      this.#run('status', [], () => client.status(a, ['messages', 'uidNext'])),
      this.#run('namespaces', [], () => client.namespaces()),
      this.#run('subscribe', [], () => client.subscribe(b)),
      this.#run(
        'id',
        [],
        () => client.id({ name: 'faults' }),
        (fields) => Object.keys(fields),
      ),
    ]);
    await this.#run(
      'list',
      [],
      () => client.list({ pattern: `${this.#prefix}*`, status: ['messages'] }),
      (all) => all.map(({ name, status }) => [name.slice(this.#prefix.length), status?.messages]).sort(),
    );
    if (client.capabilities.has('QUOTA'))
      await this.#run(
        'quota',
        [],
        () => client.quota.root(a),
        ({ roots }) => roots,
      );
    if (client.capabilities.has('ACL')) await this.#run('acl', [], () => client.acl.myRights(a));
    if (client.capabilities.has('METADATA')) {
      await this.#run('set metadata', [], () =>
        client.metadata.set(a, { '/private/comment': 'a "note"\r\nof two lines' }),
      );
      await this.#run(
        'metadata',
        [],
        () => client.metadata.get(a, '/private/comment'),
        (values) => [...values].map(String),
      );
    }
  }

  async #reading(mailbox: Mailbox, client: ImapClient): Promise<void> {
    await Promise.all([
      this.#run('search', [], () => mailbox.search({ flagged: true, not: { subject: 'three' } })),
      this.#run('search return', [], () => mailbox.searchReturn({ all: true }, { count: true, max: true })),
      this.#run('sort', [], () => mailbox.sort([{ by: 'subject', reverse: true }], {})),
      this.#run(
        'thread',
        [],
        () => mailbox.thread('REFERENCES', {}),
        ({ length }) => length,
      ),
      this.#run(
        'fetch',
        [],
        () => mailbox.fetchAll('1:*', { size: true, envelope: true }),
        (all) => all.map(({ uid, size, envelope }) => [uid, size, envelope.subject]),
      ),
      this.#run('download', [], async () => (await (await mailbox.download(2)).content.bytes()).toString('latin1')),
      this.#run(
        'content',
        [],
        () => mailbox.content(3),
        (content) => content?.text,
      ),
    ]);
    await this.#run(
      'sync',
      [],
      () => mailbox.sync(),
      ({ arrived }) => String(arrived),
    );
    await this.#run(
      'search mailboxes',
      [],
      () => client.searchMailboxes({ subject: 'o' }, { mailboxes: [`${this.#prefix} a`] }),
      (all) => [...all.values()].map(({ uids }) => String(uids)),
    );
  }

  async #changing(mailbox: Mailbox, client: ImapClient): Promise<void> {
    const [a, b, c] = [`${this.#prefix} a`, `${this.#prefix} b`, `${this.#prefix} c`];
    const flags = ({ flags: now }: { flags: Map<number, ReadonlySet<string>> }) => [...now.keys()];
    await this.#run(
      'add',
      [flagged(a, ['one', 'two'], (set) => set.add('\\Seen'))],
      () => mailbox.addFlags('1:2', ['\\Seen']),
      flags,
    );
    await this.#run(
      'remove',
      [flagged(a, ['two'], (set) => set.delete('\\Flagged'))],
      () => mailbox.removeFlags('2', ['\\Flagged']),
      flags,
    );
    const onlyAnswered = (set: Set<string>) => {
      set.clear();
      set.add('\\Answered');
    };
    await this.#run('set', [flagged(a, ['three'], onlyAnswered)], () => mailbox.setFlags('3', ['\\Answered']), flags);
    await this.#run(
      'copy',
      [copied(a, b, 'one')],
      () => mailbox.copy('1', b),
      ({ uids }) => [...uids],
    );
    await this.#run(
      'move',
      [whole(copied(a, b, 'two'), removed(a, 'two'))],
      () => mailbox.move('2', b),
      ({ uids }) => [...uids],
    );
    const deleted = (subject: string): Step[] => [
      flagged(a, [subject], (set) => set.add('\\Deleted')),
      removed(a, subject),
    ];
    await this.#run(
      'delete',
      deleted('one'),
      () => mailbox.deleteMessages('1'),
      ({ expunged }) => expunged,
    );
    await this.#run(
      'replace',
      [stored(a, 'new', '\\Flagged'), ...deleted('three')],
      () => mailbox.replace(3, message('new')),
      ({ uid }) => uid,
    );
    await this.#run('watch', [stored(a, 'watched', '\\Flagged')], () =>
      watched(mailbox, client, a, this.#silent ? 2000 : 20_000),
    );
    await this.#run('unselect', [], () => mailbox.unselect());
    await this.#run('rename', [renamed(b, c)], () => client.rename(b, c));
  }

  async #run<T>(
    name: string,
    steps: readonly Step[],
    work: () => Promise<T>,
    show: (value: T) => unknown = (value) => value,
  ): Promise<T | undefined> {
    const open = this.#client === undefined || this.#client.state !== 'closed';
    let patience: ReturnType<typeof setTimeout> | undefined;
    const hung = new Promise<never>((_, reject) => {
      patience = setTimeout(() => reject(new Error('It never settled')), PATIENCE);
    });
    try {
      const value = await Promise.race([work(), hung]);
      this.resolved++;
      this.#promised.happened(steps);
      const result = show(value);
      if (this.#fault === undefined) this.#expected.set(name, result);
      else if (this.#trusted && !isDeepStrictEqual(result, this.#expected.get(name)))
        this.wrong.push(`${name}: ${JSON.stringify(result)} instead of ${JSON.stringify(this.#expected.get(name))}`);
      return value;
    } catch (error) {
      this.rejected.push(`${name}: ${String(error)}`);
      if (!(error instanceof ImapError) || error.code === 'INTERNAL') this.wrong.push(`${name}: ${String(error)}`);
      const cannot = error instanceof ConnectionError && !error.maybeExecuted;
      if (open && !cannot && this.#trusted) this.#promised.mayHaveHappened(steps);
      return undefined;
    } finally {
      clearTimeout(patience);
    }
  }
}

/** The message that is stored while the mailbox is watched. A watch that hears nothing waits as long as it is let. */
async function watched(mailbox: Mailbox, client: ImapClient, name: string, patience: number): Promise<unknown> {
  const options = { fetch: { envelope: true }, signal: AbortSignal.timeout(patience) } as const;
  const events = mailbox.watch(options)[Symbol.asyncIterator]();
  const next = events.next();
  const appended = client.append(name, message('watched'));
  appended.catch(() => {}); // looked at below
  const heard = await next.catch((error: unknown) => ({ error }));
  try {
    // Whether it is stored the append says, and not the watch, which may learn first that the connection is lost.
    await appended;
    if ('error' in heard) throw new ImapError('WATCH', `The watch ended: ${heard.error}`);
    if (heard.done) throw new ImapError('TIMEOUT', 'Nothing was heard');
    return heard.value.type === 'arrived' ? heard.value.messages.map(({ envelope }) => envelope.subject) : heard.value;
  } finally {
    await events.return?.();
  }
}
