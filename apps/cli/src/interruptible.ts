import { Failed } from './failed';

/**
 * Does long work that ends in good order on a signal to the process. A second signal ends the process at once.
 * @param interrupted the message in that case: what is left behind, and what to do.
 * @throws Failed when it was interrupted.
 */
export async function interruptible<T>(interrupted: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const ignore = (): void => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  const interrupt = (): void => {
    // The next signal of either kind ends the process.
    ignore();
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new Failed('interrupted', interrupted);
  } finally {
    ignore();
  }
}
