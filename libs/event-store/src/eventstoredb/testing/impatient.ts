import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStoreDbOptions } from '../options';

/** Limits so short that giving up fits within a test. */
export const impatient = {
  callTimeout: 300,
  giveUpAfter: 4_000,
  stallAfter: 150,
  firstRetry: 5,
  longestRetry: 100,
} satisfies Partial<EventStoreDbOptions>;

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
