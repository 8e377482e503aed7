/** Work waits for what never comes. */
export class NeverDone extends Error {
  constructor() {
    super('This was not done, and cannot be: what it waited for never comes. Ask for help with this line.');
  }
}

/**
 * Does work on which the exit code depends. Node.js ends with exit code 0 when there is nothing left that could go on, even
 * where work is still waited for.
 * @throws NeverDone then.
 */
export async function toItsEnd<T>(work: Promise<T>): Promise<T> {
  const never = Promise.withResolvers<never>();
  const giveUp = (): void => never.reject(new NeverDone());
  process.once('beforeExit', giveUp);
  try {
    return await Promise.race([work, never.promise]);
  } finally {
    process.off('beforeExit', giveUp);
  }
}
