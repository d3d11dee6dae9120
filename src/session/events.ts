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

/** Who is told of events: a method for each that concerns it. */
export type Listener<Events> = { [E in keyof Events]?: (value: Events[E]) => void };

/** Throws where there is no event of this name: a listener of one that is misspelt would never be told. */
export function requireEvent<Events>(events: Readonly<Record<keyof Events, true>>, name: unknown, whose: string): void {
  if (typeof name !== 'string' || !Object.hasOwn(events, name))
    throw new UsageError(`on: ${whose} has no such event: ${shown(name)}`);
}

/** One as a rule, without a Set. */
type Held<Events> = Set<Listener<Events>> | Listener<Events> | undefined;

/** The Sets that emit() is going through: a listener that is added or removed meanwhile changes a copy. */
const telling: unknown[] = [];

/** Listeners of events. One that throws is reported as an uncaught exception, and disturbs nothing here. */
export class Listeners<Events> {
  #listeners: Held<Events>;

  /** Has a function called at an event, until the returned one is called. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void {
    if (typeof listener !== 'function') throw new UsageError('on: a listener is a function');
    // One object a call, so that the same function added twice is removed once.
    const added = { [event]: listener } as unknown as Listener<Events>; // the compiler takes a computed key for any string
    this.add(added);
    return () => this.remove(added);
  }

  /** Has all of a listener's methods called, until it is removed. */
  add(listener: Listener<Events>): void {
    this.#listeners = this.#listeners === undefined ? listener : changeable(this.#listeners).add(listener);
  }

  remove(listener: Listener<Events>): void {
    if (this.#listeners === listener) {
      this.#listeners = undefined;
    } else if (this.#listeners instanceof Set && this.#listeners.has(listener)) {
      this.#listeners = changeable(this.#listeners);
      this.#listeners.delete(listener);
    }
  }

  has(event: keyof Events): boolean {
    const listeners = this.#listeners;
    if (!(listeners instanceof Set)) return listeners?.[event] !== undefined;
    for (const one of listeners) if (one[event] !== undefined) return true;
    return false;
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    const listeners = this.#listeners;
    if (listeners instanceof Set) {
      telling.push(listeners);
      for (const one of listeners) tell(one, event, value);
      telling.pop();
    } else if (listeners !== undefined) {
      tell(listeners, event, value);
    }
  }
}

/** A Set that can be changed: a copy, where emit() is going through this one. */
function changeable<Events>(held: Set<Listener<Events>> | Listener<Events>): Set<Listener<Events>> {
  if (held instanceof Set && !telling.includes(held)) return held;
  return new Set(held instanceof Set ? held : [held]);
}

function tell<Events, E extends keyof Events>(listener: Listener<Events>, event: E, value: Events[E]): void {
  if (listener[event] !== undefined) callGuarded(() => listener[event]?.(value));
}
