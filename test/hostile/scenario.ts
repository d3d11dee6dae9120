/** What every scenario must leave behind: nothing. */

import type { TlsOptions } from 'node:tls';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import '../../src/connected.ts'; // loaded here, so that no time limit of a test counts it
import { type ConnectOptions, connect, type ImapClient, ImapError, type LogEntry } from '../../src/index.ts';
import { type Peer, type Play, type Stage, stage } from './peer.ts';

/** How a promise ended. */
export type Outcome<T> = { value: T; error?: undefined } | { value?: undefined; error: ImapError };

/** What a scenario works with. */
export class Scene {
  readonly stage: Stage;
  readonly log: LogEntry[] = [];
  readonly errors: unknown[] = [];
  readonly #clients: ImapClient[] = [];
  readonly #promises: { promise: Promise<unknown>; settled: boolean }[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** The server's side of the last connection. */
  get peer(): Peer {
    const peer = this.stage.peers.at(-1);
    if (peer === undefined) throw new Error('Nobody has connected');
    return peer;
  }

  /** Connects; timeouts are short enough for a test. */
  async connect(options: Partial<ConnectOptions> = {}): Promise<ImapClient> {
    const connecting = connect({
      ...this.stage.options,
      timeouts: { connect: 2000, inactivity: 2000, farewell: 500 },
      log: (entry) => this.log.push(entry),
      ...options,
    });
    this.watch(connecting);
    const client = await connecting;
    this.#clients.push(client);
    return client;
  }

  /** How this ends: it must, and with an error of the library's own if with any. */
  async outcome<T>(promise: Promise<T>): Promise<Outcome<T>> {
    this.watch(promise);
    try {
      return { value: await promise };
    } catch (error) {
      this.errors.push(error);
      expect(error).toBeInstanceOf(ImapError);
      return { error: error as ImapError }; // the line above says so
    }
  }

  /** The error that connecting ends with. */
  async refusal(options: Partial<ConnectOptions> = {}): Promise<ImapError> {
    const { error } = await this.outcome(this.connect(options));
    if (error === undefined) throw new Error('The connection was opened');
    return error;
  }

  /** The error that this ends with. */
  async failure(promise: Promise<unknown>): Promise<ImapError> {
    const { error, value } = await this.outcome(promise);
    if (error === undefined) throw new Error(`It resolved to ${inspect(value)}`);
    return error;
  }

  watch(promise: Promise<unknown>): void {
    const entry = { promise, settled: false };
    const settled = () => {
      entry.settled = true;
    };
    promise.then(settled, settled);
    this.#promises.push(entry);
  }

  /** Everything that the log and the errors show, as one text. */
  get told(): string {
    const errors = this.errors.map(
      (error) => inspect(error, { depth: 20, showHidden: true }) + String((error as Error).stack),
    ); // errors only
    return [
      ...this.log.map(({ text }) => text),
      ...errors,
      ...this.#clients.map((client) => inspect(client, { depth: 20, showHidden: true })),
    ].join('\n');
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.stage[Symbol.asyncDispose]();
    await turn();
    for (const { settled } of this.#promises) expect(settled, 'every promise settles').toBe(true);
    for (const client of this.#clients) expect(client.state).toBe('closed');
  }
}

export interface ScenarioOptions {
  tls?: TlsOptions;
  /** How long it may take at most, ms. */
  within?: number;
}

/** A named scenario: what the server plays, and what the client makes of it. */
export function scenario(
  name: string,
  play: Play,
  act: (scene: Scene) => Promise<void>,
  options: ScenarioOptions = {},
): void {
  it(name, () => run(play, act, options), options.within ?? 10_000);
}

async function run(play: Play, act: (scene: Scene) => Promise<void>, { tls }: ScenarioOptions): Promise<void> {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
  const before = resources();
  try {
    const scene = new Scene(await stage(play, tls));
    try {
      await act(scene);
    } finally {
      await scene.close();
    }
    expect(scene.stage.faults).toEqual([]);
    for (let round = 0; round < 200 && excess(before, resources()).length > 0; round++) await turn();
    expect(excess(before, resources()), 'handles and timers left behind').toEqual([]);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
  }
}

/** What keeps the process alive, as far as a client may have to do with it. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Pipe(?!Wrap)/.test(name));
}

function excess(before: string[], now: string[]): string[] {
  const left = [...before];
  return now.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How much the heap and the buffers hold more after this than before, in bytes. */
export async function growth(work: () => Promise<unknown>): Promise<{ most: number }> {
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const start = held();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, held() - start);
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { most };
}
