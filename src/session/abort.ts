import { ImapError } from '../errors.ts';

/** What ends an operation: the caller's AbortSignal, or one of the library's own. */
export type StopSignal = AbortSignal | Cancellation;

const NONE: (() => void)[] = [];

/** An AbortController for the library's own use, of a tenth of the size: each watch has two, and a process a thousand watches. */
export class Cancellation {
  aborted = false;
  reason: unknown;
  #callbacks: (() => void)[] | undefined;

  abort(reason: unknown = new ImapError('CANCELLED', 'The operation was cancelled')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const callbacks = this.#callbacks ?? [];
    this.#callbacks = undefined;
    for (const callback of callbacks) callback();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** See onAbort: here a function is given once. */
  onAbort(callback: () => void): () => void {
    this.#callbacks = (this.#callbacks ?? NONE).concat(callback);
    return () => {
      const left = this.#callbacks?.filter((one) => one !== callback);
      this.#callbacks = left?.length === 0 ? undefined : left;
    };
  }
}

/** What waits for a signal. */
interface Waiting {
  callbacks: Set<() => void>;
  listener(): void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls back when the signal aborts, or at once where it has aborted already, unless the returned function is called
 * before. However many operations share an AbortSignal, it has one listener: Node warns of more than ten, and each one
 * more takes longer to add. It has none once nobody waits: an AbortSignal.any() with a listener is kept by Node for as
 * long as the signals that it is made of.
 */
export function onAbort(signal: StopSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  if (signal instanceof Cancellation) return signal.onAbort(callback);
  const { callbacks, listener } = waitingFor.get(signal) ?? listenTo(signal);
  // One entry a call, so that the same function given twice is called twice.
  const entry = () => callback();
  callbacks.add(entry);
  return () => {
    if (!callbacks.delete(entry) || callbacks.size > 0) return;
    waitingFor.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = () => {
    for (const callback of callbacks) callback();
    callbacks.clear();
  };
  const waiting = { callbacks, listener };
  waitingFor.set(signal, waiting);
  signal.addEventListener('abort', listener, { once: true });
  return waiting;
}
