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

/** Who is told of events: a method for each that concerns it. */
export type Listener<Events> = { [E in keyof Events]?: (value: Events[E]) => void };

type List<Events> = readonly Listener<Events>[];
/** One as a rule, without a list. */
type Held<Events> = List<Events> | Listener<Events> | undefined;

/** Listeners of events. One that throws is reported as an uncaught exception, and disturbs nothing here. */
export class Listeners<Events> {
  // Replaced at every change, so that listeners may come and go while others are told.
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
    this.#listeners = this.#listeners === undefined ? listener : [...listOf(this.#listeners), listener];
  }

  remove(listener: Listener<Events>): void {
    const left = listOf(this.#listeners).filter((one) => one !== listener);
    this.#listeners = left.length > 1 ? left : left[0];
  }

  has(event: keyof Events): boolean {
    return this.#listeners !== undefined && listOf(this.#listeners).some((one) => one[event] !== undefined);
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    const listeners = this.#listeners;
    if (isList(listeners)) for (const one of listeners) tell(one, event, value);
    else if (listeners !== undefined) tell(listeners, event, value);
  }
}

function isList<Events>(listeners: Held<Events>): listeners is List<Events> {
  return Array.isArray(listeners);
}

function listOf<Events>(listeners: Held<Events>): List<Events> {
  if (isList(listeners)) return listeners;
  return listeners === undefined ? [] : [listeners];
}

function tell<Events, E extends keyof Events>(listener: Listener<Events>, event: E, value: Events[E]): void {
  if (listener[event] !== undefined) callGuarded(() => listener[event]?.(value));
}
