/**
 * Many connections to a real Dovecot over a network that fails, with operations of all kinds: no message is lost, none is
 * doubled, and memory stays flat. `npx tsx test/hostile/soak.ts [connections = 200] [operations = 100000] [seed = 1]`
 */
import { CommandError, ConnectionError, connect, type ImapClient, ImapError, type Mailbox } from '../../src/index.ts';
import { startDovecot } from '../server/start/index.ts';
import { Random } from '../unit/wire/random.ts';
import { type Fault, faultProxy } from './fault-proxy.ts';

const [connections = 200, operations = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const ACCOUNTS = 20;
const KINDS = ['cut', 'reset', 'freeze', 'delay', 'split', 'merge'] as const;
const random = new Random(seed);
const wrong: string[] = [];
const tell = (what: string) => {
  wrong.push(what);
  console.error(what);
};
process.on('uncaughtException', (error) => tell(`uncaught: ${error.stack}`));
process.on('unhandledRejection', (error) => tell(`unhandled: ${String(error)}`));

const tally = { resolved: 0, rejected: 0, maybe: 0, reconnected: 0, faults: 0 };
let left = operations;

/** Most connections fail some time, at a byte that nobody chose. */
function someFault(): Fault | undefined {
  if (random.below(5) === 0) return undefined;
  tally.faults++;
  const kind = KINDS[random.below(KINDS.length)] ?? 'cut';
  return { kind, direction: random.below(2) === 0 ? 'toClient' : 'toServer', at: 500 + random.below(100_000) };
}

/** What is known of a message: where it is, or that nobody knows. */
type Fate = { uid: number } | 'maybe there' | 'maybe gone' | 'gone';

class Worker {
  readonly name: string;
  readonly account: number;
  readonly fates = new Map<string, Fate>();
  #messages = 0;

  constructor(n: number) {
    this.name = `soak ${n}`;
    this.account = (n % ACCOUNTS) + 1;
  }

  async run(client: ImapClient): Promise<void> {
    client.on('reconnected', () => tally.reconnected++);
    const mailbox = await this.#open(client);
    while (left-- > 0) await this.#operate(client, mailbox);
  }

  async #open(client: ImapClient): Promise<Mailbox> {
    for (;;) {
      try {
        return await client.open(this.name);
      } catch (error) {
        this.#expect(error);
      }
    }
  }

  async #operate(client: ImapClient, mailbox: Mailbox): Promise<void> {
    const known = [...this.fates].flatMap(([subject, fate]) =>
      typeof fate === 'object' ? [{ subject, ...fate }] : [],
    );
    const one = known[random.below(Math.max(1, known.length))];
    const what = one === undefined ? 0 : random.below(10);
    try {
      if (what < 3) await this.#append(client);
      else if (one === undefined) return;
      else if (what === 3 || known.length > 40) await this.#delete(mailbox, one.subject, one.uid);
      else if (what === 4) await this.#fetch(mailbox, one.subject, one.uid);
      else if (what === 5) await mailbox.addFlags(one.uid, ['\\Seen', '$Soak']);
      else if (what === 6) await mailbox.search({ subject: one.subject });
      else if (what === 7) await client.status(this.name, ['messages', 'uidNext']);
      else if (what === 8) await mailbox.fetchAll('1:*', { flags: true, size: true });
      else
        await Promise.all([
          client.noop(),
          mailbox.searchReturn({ seen: true }, { count: true }),
          client.list({ pattern: this.name }),
        ]);
      tally.resolved++;
    } catch (error) {
      tally.rejected++;
      this.#expect(error);
    }
  }

  async #append(client: ImapClient): Promise<void> {
    const subject = `${this.name} message ${++this.#messages}`;
    const content = `Subject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@soak>\r\n\r\n${'x'.repeat(random.below(3000))}\r\n`;
    this.fates.set(subject, 'maybe there');
    try {
      const { uid } = await client.append(this.name, { content });
      if (uid === undefined) tell(`${subject}: no UID`);
      else this.fates.set(subject, { uid });
    } catch (error) {
      if (error instanceof ConnectionError && !error.maybeExecuted) this.fates.set(subject, 'gone');
      else tally.maybe++;
      throw error;
    }
  }

  async #delete(mailbox: Mailbox, subject: string, uid: number): Promise<void> {
    this.fates.set(subject, 'maybe gone');
    await mailbox.deleteMessages(uid);
    this.fates.set(subject, 'gone');
  }

  async #fetch(mailbox: Mailbox, subject: string, uid: number): Promise<void> {
    const message = await mailbox.fetchOne(uid, { envelope: true, source: true });
    if (message?.envelope.subject !== subject) tell(`${subject} is ${message?.envelope.subject ?? 'gone'}`);
    else if (!message.source.toString().includes(`Subject: ${subject}\r\n`)) tell(`${subject}: another source`);
  }

  #expect(error: unknown): void {
    if (!(error instanceof ImapError) || error.code === 'INTERNAL') tell(`${this.name}: ${String(error)}`);
    else if (error instanceof CommandError) tell(`${this.name}: ${error.message}`);
  }

  /** Each message is there once or not at all, as was promised. */
  check(subjects: readonly string[]): void {
    const counts = new Map<string, number>();
    for (const subject of subjects) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    for (const subject of counts.keys()) if (!this.fates.has(subject)) tell(`${subject}: nobody stored it`);
    for (const [subject, fate] of this.fates) {
      const count = counts.get(subject) ?? 0;
      if (count > 1) tell(`${subject}: ${count} times`);
      if (typeof fate === 'object' && count === 0) tell(`${subject}: lost`);
      if (fate === 'gone' && count > 0) tell(`${subject}: there, though it is gone`);
    }
  }
}

const server = await startDovecot();
const workers = Array.from({ length: connections }, (_, index) => new Worker(index + 1));
const direct = { host: '127.0.0.1', port: server.port, security: 'none' } as const;
for (const { name, account } of workers) {
  const client = await connect({ ...direct, auth: server.user(account), compress: false });
  await client.create(name);
  await client.logout();
}
const proxy = await faultProxy(server.port, someFault);
const memory: string[] = [];
const sample = setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  memory.push(`${operations - Math.max(0, left)}: ${(heapUsed / 2 ** 20).toFixed(0)}/${(rss / 2 ** 20).toFixed(0)}`);
}, 10_000);
const began = performance.now();
await Promise.all(
  workers.map(async (worker) => {
    const options = {
      ...direct,
      port: proxy.port,
      auth: server.user(worker.account),
      reconnect: { attempts: 1000, minDelay: 10, maxDelay: 500 },
      timeouts: { connect: 30_000, inactivity: 15_000, farewell: 5000 },
    };
    for (;;) {
      try {
        const client = await connect(options);
        await worker.run(client);
        await client.logout();
        return;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
      }
    }
  }),
);
const seconds = (performance.now() - began) / 1000;
clearInterval(sample);
await proxy[Symbol.asyncDispose]();
// What the server has still to do of the last ones.
await new Promise((resolve) => setTimeout(resolve, 2000));
for (const worker of workers) {
  const client = await connect({ ...direct, auth: server.user(worker.account) });
  const mailbox = await client.open(worker.name, { readOnly: true });
  const messages = await mailbox.fetchAll('1:*', { envelope: true });
  worker.check(messages.map(({ envelope }) => envelope.subject ?? ''));
  await client.logout();
}
await server.stop();
console.log(`${connections} connections, ${operations} operations in ${seconds.toFixed(0)} s:`, tally);
console.log(
  `MiB of heap/resident by operations: ${memory.filter((_, at) => at % Math.ceil(memory.length / 12) === 0).join('  ')}`,
);
console.log(`${wrong.length} wrong`);
process.exitCode = wrong.length > 0 ? 1 : 0;
