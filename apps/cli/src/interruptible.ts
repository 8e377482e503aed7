import { Failed } from './failed';

/**
 * Does long work that ends in good order when the process is asked to end. A second signal ends the process at once.
 * @param interrupted what is said then: what it leaves, and what to do.
 * @throws Failed when it was interrupted.
 */
export async function interruptible<T>(interrupted: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new Failed('interrupted', interrupted);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
