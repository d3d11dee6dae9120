import { noop } from '../commands/noop.ts';
import { onAbort, type StopSignal } from '../session/abort.ts';
import { Backlog, type Source } from '../session/backlog.ts';
import type { ClientEvents, Link } from '../session/link.ts';
import { namedLoss } from '../session/outcome.ts';
import { renewal, type Sleeper } from './alarm.ts';

/** Where the events of a subscription come from. */
export interface Publisher {
  /** The first event is asked for. Returns what undoes all that is set up for it. */
  begin(): (() => void)[];
  /** No more events are wanted, and the server goes on to tell them. */
  left(): void;
}

/** Events that come unasked, until their consumer leaves, its signal aborts, or the connection is gone for good. */
export class Subscription<Event> implements Source, Sleeper {
  readonly backlog: Backlog<Event>;
  readonly #session: Link;
  readonly #signal: StopSignal | undefined;
  readonly #publisher: Publisher;
  /** The command that it is told by. */
  readonly #name: string;
  /** Undoes what was set up. */
  #releases: (() => void)[] = [];

  constructor(session: Link, signal: StopSignal | undefined, publisher: Publisher, name: string) {
    this.#session = session;
    this.#signal = signal;
    this.#publisher = publisher;
    this.#name = name;
    this.backlog = new Backlog(session.flow, this);
    // What comes, comes unasked.
    this.backlog.own = 0;
  }

  /** Events are wanted. */
  get active(): boolean {
    return this.#releases.length > 0;
  }

  begin(): void {
    const signal = this.#signal;
    if (signal?.aborted) {
      this.backlog.end();
      return;
    }
    this.#releases = this.#publisher.begin();
    const closed = ({ error }: ClientEvents['close']) => this.#stop(error && { error: namedLoss(this.#name, error) });
    this.#releases.push(this.#session.listeners.on('close', closed));
    if (signal !== undefined) this.#releases.push(onAbort(signal, () => void this.backlog.return()));
    this.#releases.push(() => renewal.clear(this));
    renewal.set(this);
  }

  /** Nothing was asked of the server for long, perhaps. Beside a FETCH that a slow consumer takes, that one would be hurried. */
  wake(): void {
    const again = () => {
      if (this.active) renewal.set(this);
    };
    this.#session.run({ ...noop(), behaviour: { alone: true } }, { background: true }).then(again, again);
  }

  left(): void {
    const { active } = this;
    this.#stop();
    if (active) this.#publisher.left();
  }

  /** Nothing more can be told: the consumer gets this error once it has taken what there is. */
  fail(error: unknown): void {
    if (this.active) this.#stop({ error });
  }

  #stop(failure?: { error: unknown }): void {
    for (const release of this.#releases.splice(0)) release();
    this.backlog.end(failure);
  }
}
