import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type EventStore, START, UnusableEventStore } from '@connections/event-store/event-store';

/** How long to wait for a log server to accept or refuse this process, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Asks a log server whether it accepts this process. A server that is away may come back, so that is only logged; one
 * that refuses the password, or cannot be trusted, will not recover by itself.
 * @param place where it is, as shown to people.
 * @throws UnusableEventStore when it refuses in time.
 */
export async function requireAcceptance(eventStore: EventStore, place: string, log: Logger): Promise<void> {
  const enough = new AbortController();
  const answer = eventStore.changes(START, 0).then(
    () => 'serves',
    (error: unknown) => error,
  );
  const heard = await Promise.race([answer, delay(PATIENCE, 'silent', { signal: enough.signal })]);
  enough.abort();
  if (heard === 'serves') return;
  if (heard instanceof UnusableEventStore) throw heard;
  const said = heard instanceof Error ? heard.message : `It has not answered for ${PATIENCE} ms.`;
  log.warn(
    { eventStore: place, problem: said },
    'the event store cannot be used yet, and is tried again and again: check that it runs, and that EVENTSTORE_URL is right',
  );
}
