import { UsageError } from '../errors.ts';

/** Calls what is the caller's own. What it throws is reported as an uncaught exception, and disturbs nothing here. */
export function callGuarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const NONE: readonly never[] = [];

interface Entry<Events> {
  event: keyof Events;
  listener: (value: never) => void;
}

/** Listeners of events. One that throws is reported as an uncaught exception, and disturbs nothing here. */
export class Listeners<Events> {
  // Replaced at every change, so that listeners may come and go while others are told.
  #entries: readonly Entry<Events>[] | undefined;

  /** Adds a listener and returns what removes it. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void {
    if (typeof listener !== 'function') throw new UsageError('A listener is a function');
    // One entry a call, so that the same function added twice is removed once.
    const entry: Entry<Events> = { event, listener };
    // concat makes a list with no room to spare: there are as many as mailboxes and connections.
    this.#entries = (this.#entries ?? NONE).concat(entry);
    return () => {
      this.#entries = this.#entries?.filter((one) => one !== entry);
    };
  }

  has(event: keyof Events): boolean {
    return this.#entries?.some((entry) => entry.event === event) ?? false;
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const entry of this.#entries ?? []) {
      if (entry.event === event) callGuarded(() => entry.listener(value as never)); // added for this event by on(), which took a listener of its type
    }
  }
}
