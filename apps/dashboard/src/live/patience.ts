/** After this many failures in a row to open the stream, polling begins. */
const STREAM_TRIES = 3;

/** In milliseconds: the wait before the first retry after a failure, and the longest wait. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/** Whether there were too many failures in a row to go on without polling. */
export const isPolling = (failures: number): boolean => failures >= STREAM_TRIES;

/**
 * How long to wait before the stream is opened again.
 * @param failures how often it failed in a row, 1 for the first time.
 * @param chance between 0 and 1, so that clients that lost the same server do not all come back at once.
 * @returns milliseconds.
 */
export const waitBeforeNext = (failures: number, chance: number): number =>
  Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * (0.5 + chance / 2);
