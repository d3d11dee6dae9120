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

/** Listeners by event. A listener that throws is reported as an uncaught exception, and disturbs nothing here. */
export class Listeners<Events> {
  readonly #byEvent = new Map<keyof Events, Set<(value: never) => void>>();

  /** Adds a listener and returns what removes it. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void {
    const listeners = this.#byEvent.get(event) ?? new Set();
    this.#byEvent.set(event, listeners);
    // One entry a call, so that the same function added twice is removed once.
    const entry = (value: Events[E]) => listener(value);
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  has(event: keyof Events): boolean {
    return (this.#byEvent.get(event)?.size ?? 0) > 0;
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    const listeners = this.#byEvent.get(event);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) callGuarded(() => listener(value as never)); // stored under this event by on(), which took a listener of its type
  }
}
