const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal aborts, unless the returned function is called before. The signal has one listener however
 * many operations share it: node warns of more than ten, and each one more would take longer to add.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const waiting = callbacks.get(signal) ?? listenTo(signal);
  // One entry a call, so that the same function given twice is called twice.
  const entry = () => callback();
  waiting.add(entry);
  return () => waiting.delete(entry);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  callbacks.set(signal, waiting);
  const aborted = () => {
    for (const callback of waiting) callback();
    waiting.clear();
  };
  signal.addEventListener('abort', aborted, { once: true });
  return waiting;
}
