import { Accesses, OPERATOR, type Subject } from '@connections/audit/accesses';
import { type Scope, scopeText } from '@connections/audit/export/scope';
import { ConnectionLog } from '@connections/connection/connection-log';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import { Texts } from '@connections/connection/texts';
import type { Stores } from '@connections/host/stores';

/**
 * Exports on the record: that it was begun is durable before anything is given, and how it ended is added.
 * @param work gives the number of events that it has exported.
 */
export async function recordedExport(stores: Stores, scope: Scope, work: () => Promise<number>): Promise<number> {
  const accesses = new Accesses(stores.database.as());
  const id = await accesses.begin({
    kind: 'export',
    reader: OPERATOR,
    subject: await subjectOf(stores, scope),
    requestId: null,
    request: `export ${scopeText(scope)}`,
  });
  try {
    const events = await work();
    await accesses.end(id, 'completed', events);
    return events;
  } catch (error) {
    // Why it was broken off matters more; without an end the record says that nobody knows how it ended.
    await accesses.end(id, 'broken-off', null).catch(() => undefined);
    throw error;
  }
}

async function subjectOf({ eventStore, database }: Stores, scope: Scope): Promise<Subject> {
  if (scope.kind === 'everything') return { type: 'everything' };
  if (scope.kind === 'organization') return { type: 'organization', id: scope.id };
  const origin = await new ConnectionLog(eventStore, new Texts(database.as())).origin(scope.id);
  if (origin === null) throw new ConnectionNotFound();
  const { sourceOrganizationId, destinationOrganizationId } = origin;
  return { type: 'connection', id: scope.id, parties: [sourceOrganizationId, destinationOrganizationId] };
}
