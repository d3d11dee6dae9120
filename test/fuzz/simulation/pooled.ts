/** Callers that share the connections of a pool. */
import { createPool, type ImapClient, ImapError, type ImapPool, type Mailbox } from '../../../src/index.ts';
import { Random } from '../../unit/wire/random.ts';
import { Choices, NAMES } from './choices.ts';
import { Clock } from './clock.ts';
import { Expectations } from './expectations.ts';
import { Inflating } from './inflating.ts';
import { LocalServer } from './local-server.ts';
import { pause, turns } from './pieces.ts';
import { loaded } from './run.ts';
import { connecting, EVERYTHING, PASSWORDS, randomWay } from './way.ts';
import { newWorld, type World } from './world.ts';

/** How long it may take, ms. */
const PATIENCE = 60_000;

/** What the work itself throws. */
class OwnFailure extends Error {}

/** Runs the simulation of this seed, and tells what was wrong with it. `log` is called with all that is said. */
export async function simulatePool(seed: number, log?: (text: string) => void): Promise<string[]> {
  const random = new Random(seed);
  const wrong: string[] = [];
  await loaded();
  using clock = new Clock(seed);
  using _ = new Inflating(random);
  const server = new LocalServer(random, {
    users: PASSWORDS,
    capabilities: EVERYTHING,
    intercept: async () => {
      if (random.below(4) === 0) await turns(random.below(12));
      return random.below(80) === 0 ? 'BYE Over' : undefined;
    },
    ...(log && { log: ({ connection, direction, text }) => log(`${connection} ${direction}: ${text}`) }),
  });
  for (const name of NAMES.slice(1)) server.store.account('joe').create(name);
  const world = newWorld(server, ['joe'], random, wrong, log);
  const shared = new Sharing(world, server);
  const late = pause(PATIENCE).then(() => world.tell('not everything has settled'));
  await Promise.race([shared.run(), late]);
  wrong.push(...world.truth.unaskedFor());
  // The one that waits for all.
  if (clock.timers > 1) wrong.push(`${clock.timers - 1} timers are left`);
  return wrong;
}

class Sharing {
  readonly #world: World;
  readonly #server: LocalServer;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #max: number;
  readonly #pool: ImapPool;
  /** Those that somebody works with. */
  readonly #taken = new Set<ImapClient>();
  #closing = false;

  constructor(world: World, server: LocalServer) {
    const { random } = world;
    this.#world = world;
    this.#server = server;
    this.#choices = new Choices(random);
    this.#expect = new Expectations(world);
    this.#max = 1 + random.below(4);
    const loss = [0, 1, 2, 4][random.below(4)] ?? 0;
    // More than the server takes, now and then.
    if (random.below(3) === 0) server.most = 1 + random.below(3);
    this.#pool = createPool({
      ...connecting(server, randomWay(random, loss)),
      timeouts: { inactivity: 5000, farewell: 1000 },
      max: this.#max,
      idleTimeout: random.below(8),
      ...(random.below(3) === 0 ? { reconnect: { minDelay: 1, maxDelay: 4 } } : {}),
    });
  }

  async run(): Promise<void> {
    const { random } = this.#world;
    const calls: Promise<void>[] = [];
    const steps = 10 + random.below(40);
    const end = random.below(2) === 0 ? random.below(steps) : steps;
    let closed: Promise<void> | undefined;
    for (let step = 0; step < steps; step++) {
      if (step === end) closed = this.#close();
      calls.push(this.#call(`call ${step}`));
      if (random.below(3) === 0) await turns(random.below(20));
      if (random.below(30) === 0) this.#server.dropConnections();
      if (random.below(10) === 0) await pause(random.below(12));
    }
    if (random.below(2) === 0) await Promise.all(calls);
    await (closed ?? this.#close());
    // For work on a connection that is lost nobody waits.
    if ([...this.#taken].some(({ state }) => state !== 'closed'))
      this.#world.tell('the pool is closed, and somebody works');
    await Promise.all(calls);
    if (this.#pool.size > 0 || this.#pool.idle > 0) this.#world.tell(`${this.#pool.size} connections are kept`);
    for (let turn = 0; turn < 200 && this.#server.connections > 0; turn++) await turns(1);
    if (this.#server.connections > 0) this.#world.tell(`${this.#server.connections} connections are left`);
  }

  #close(): Promise<void> {
    this.#closing = true;
    return this.#pool.close();
  }

  /** One piece of work. What it throws, and what it gives, is what comes of the call. */
  async #call(label: string): Promise<void> {
    const { random } = this.#world;
    const late = this.#closing;
    const options = this.#choices.options();
    const own = { begun: 0, failure: undefined as unknown, value: 0 };
    const work = async (using: ImapClient | undefined, act: () => Promise<unknown>) => {
      if (++own.begun > 1) this.#expect.tell(label, 'its work has begun twice');
      if (late) this.#expect.tell(label, 'its work began in a closed pool');
      if (using !== undefined && this.#taken.has(using)) this.#expect.tell(label, 'somebody else works there');
      if (using !== undefined) this.#taken.add(using);
      if (this.#pool.size > this.#max) this.#expect.tell(label, `there are ${this.#pool.size} connections`);
      try {
        await act();
        if (random.below(8) === 0) throw new OwnFailure(label);
        own.value = random.below(1000);
        return own.value;
      } catch (error) {
        own.failure = error;
        throw error;
      } finally {
        if (using !== undefined) this.#taken.delete(using);
      }
    };
    try {
      const value =
        random.below(2) === 0
          ? await this.#pool.use((client) => work(client, () => this.#useClient(label, client)), options)
          : await this.#withMailbox(label, work, options);
      if (value !== own.value) this.#expect.tell(label, `it gave ${value}, and not ${own.value}`);
      if (own.failure !== undefined) this.#expect.tell(label, `it went well, though ${own.failure}`);
    } catch (error) {
      if (error instanceof OwnFailure && error === own.failure) return;
      if (error instanceof OwnFailure) this.#expect.tell(label, `another one's failure: ${error}`);
      else if (error instanceof ImapError && error.code === 'CLOSED' && own.begun === 0 && !this.#closing)
        this.#expect.tell(label, `${error} before the pool is closed`);
      else this.#expect.failure(label, error);
    }
  }

  #withMailbox(
    label: string,
    work: (using: undefined, act: () => Promise<unknown>) => Promise<number>,
    options: { signal?: AbortSignal; timeout?: number },
  ): Promise<number> {
    const name = this.#choices.name();
    const readOnly = this.#choices.odds(4);
    const act = async (mailbox: Mailbox) => {
      this.#expect.mailbox(label, mailbox.uidValidity, 'joe', name);
      if (mailbox.name !== name || mailbox.readOnly !== readOnly) this.#expect.tell(label, `it is ${mailbox.name}`);
      for (const { uid, headers } of await mailbox.fetchAll('1:*', { headers: ['subject'] }))
        this.#expect.subject(label, mailbox.uidValidity, uid, headers.get('subject'));
    };
    return this.#pool.withMailbox(name, (mailbox) => work(undefined, () => act(mailbox)), { ...options, readOnly });
  }

  async #useClient(label: string, client: ImapClient): Promise<void> {
    const what = this.#world.random.below(6);
    const subject = this.#world.unique('appended');
    const name = this.#choices.name();
    if (what < 3) {
      const result = await client.append(name, this.#choices.message(subject)).catch((error) => {
        if (this.#expect.isUndone(error)) this.#world.truth.refused.set(subject, label);
        throw error;
      });
      this.#expect.appended(label, result, 'joe', name, subject);
    } else if (what === 3) await turns(this.#world.random.below(40));
    else if (what === 4) client.close();
    else await (await client.open(name)).search({ all: true });
  }
}
