/**
 * Runs work under a signal that is aborted when the time is over or the outer signal is aborted. The work has to honour
 * it.
 * @param milliseconds 1 to 2147483647.
 * @param overdue makes the signal's reason when the time is over.
 */
export async function within<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  overdue: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(overdue()), milliseconds);
  const forget = outer && whenEnded(outer, () => own.abort(outer.reason));
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    forget?.();
  }
}

/** A listener that runs all that is to be done when a signal is aborted. */
class Endings extends Set<() => void> {
  handleEvent(): void {
    for (const end of this) end();
  }
}

const endings = new WeakMap<AbortSignal, Endings>();

/**
 * Does something when a signal is aborted. Uses one listener for each signal, however many wait for it: many calls may
 * share a signal, and Node 20 warns of a leak at more than ten listeners.
 * @returns a function that cancels it.
 */
function whenEnded(signal: AbortSignal, end: () => void): () => void {
  const all = endings.get(signal) ?? new Endings();
  endings.set(signal, all.add(end));
  // Adding the same listener again has no effect.
  signal.addEventListener('abort', all);
  return () => {
    all.delete(end);
    if (all.size === 0) signal.removeEventListener('abort', all);
  };
}

/** Waits. Rejects with the signal's reason as soon as it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
