/**
 * Runs work under a signal that ends it when its time is over or the outer signal ends. The work has to heed it.
 * @param milliseconds 1 to 2147483647
 * @param overdue what the signal gives as its reason when the time is over
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

/** What is to be done when a signal ends: a listener. */
class Endings extends Set<() => void> {
  handleEvent(): void {
    for (const end of this) end();
  }
}

const endings = new WeakMap<AbortSignal, Endings>();

/**
 * Does something when a signal ends. However many wait for it, it has one listener: many calls may share a signal, and
 * Node 20 warns of a leak when there are more than ten.
 * @returns what to call when it is to be done no more
 */
function whenEnded(signal: AbortSignal, end: () => void): () => void {
  const all = endings.get(signal) ?? new Endings();
  endings.set(signal, all.add(end));
  // The same listener is never there twice.
  signal.addEventListener('abort', all);
  return () => {
    all.delete(end);
    if (all.size === 0) signal.removeEventListener('abort', all);
  };
}

/** Waits. Rejects with the signal's reason as soon as it ends. */
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
