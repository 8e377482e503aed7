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
  const end = (): void => own.abort(outer?.reason);
  outer?.addEventListener('abort', end);
  try {
    return await work(own.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', end);
  }
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
