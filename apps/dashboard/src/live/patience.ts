/** So often opening the stream fails in a row before events are asked for instead. */
const STREAM_TRIES = 3;

/** How long the first try waits that follows on a failure, in milliseconds, and how long any does at most. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/** Whether so many failures in a row are too many to wait for the stream. */
export const isPolling = (failures: number): boolean => failures >= STREAM_TRIES;

/**
 * How long to wait before the stream is opened again.
 * @param failures how often it failed in a row, 1 for the first time
 * @param chance between 0 and 1, so that not all who lost the same server come back at once
 * @returns milliseconds
 */
export const waitBeforeNext = (failures: number, chance: number): number =>
  Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * (0.5 + chance / 2);
