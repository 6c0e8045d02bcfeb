// Many listeners behind one on the signal of a shutdown: taking one of thousands off an AbortSignal means walking past the others.

const watchers = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls back once when the signal is aborted; never, where it is already. Returns what ends the watch. */
export function watchDraining(signal: AbortSignal, callback: () => void): () => void {
  const known = watchers.get(signal);
  const callbacks = known ?? new Set();
  callbacks.add(callback);
  if (known === undefined) {
    watchers.set(signal, callbacks);
    signal.addEventListener('abort', () => tell(callbacks), { once: true });
  }
  return () => void callbacks.delete(callback);
}

function tell(callbacks: Set<() => void>): void {
  for (const callback of callbacks) {
    callbacks.delete(callback);
    callback();
  }
}
