import type { Kysely } from 'kysely';
import type { LoggedEvent } from '../event-store';
import type { Projection } from '../projection';

/** Brings a table up to date with some events, as a projector does with each batch. */
export async function apply(
  projection: Projection,
  tx: unknown,
  table: string,
  events: readonly LoggedEvent[],
): Promise<void> {
  const changes = projection.changes();
  changes.add(events);
  await changes.writeTo(tx as Kysely<unknown>, table);
}
