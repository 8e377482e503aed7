/** The work awaits something that never comes. */
export class NeverDone extends Error {
  constructor() {
    super('This was not done, and cannot be: what it waited for never comes. Ask for help with this line.');
  }
}

/**
 * Runs work whose outcome decides the exit code. When nothing is left to do, Node.js exits with code 0, even if the
 * work is still awaited.
 * @throws NeverDone in that case.
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
