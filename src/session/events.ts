import { shown, UsageError } from '../errors.ts';

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

/** Who is told of events: a method for each that concerns it. */
export type Listener<Events> = { [E in keyof Events]?: (value: Events[E]) => void };

/** Listeners of events. One that throws is reported as an uncaught exception, and disturbs nothing here. */
export class Listeners<Events> {
  // Replaced at every change, so that listeners may come and go while others are told.
  #listeners: readonly Listener<Events>[] | undefined;

  /** Has a function called at an event, until the returned one is called. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void {
    if (typeof event !== 'string') throw new UsageError(`Not the name of an event: ${shown(event)}`);
    if (typeof listener !== 'function') throw new UsageError('A listener is a function');
    // One object a call, so that the same function added twice is removed once.
    const added = { [event]: listener } as unknown as Listener<Events>; // the compiler takes a computed key for any string
    this.add(added);
    return () => this.remove(added);
  }

  /** Has all of a listener's methods called, until it is removed. */
  add(listener: Listener<Events>): void {
    // concat makes a list with no room to spare: there are as many as mailboxes and connections.
    this.#listeners = (this.#listeners ?? NONE).concat(listener);
  }

  remove(listener: Listener<Events>): void {
    const left = this.#listeners?.filter((one) => one !== listener);
    this.#listeners = left?.length === 0 ? undefined : left;
  }

  has(event: keyof Events): boolean {
    return this.#listeners?.some((one) => one[event] !== undefined) ?? false;
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const one of this.#listeners ?? NONE) {
      if (one[event] !== undefined) callGuarded(() => one[event]?.(value));
    }
  }
}
