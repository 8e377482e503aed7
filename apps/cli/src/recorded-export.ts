import { Accesses, OPERATOR } from '@connections/audit/accesses';
import { type Scope, scopeText } from '@connections/audit/export/scope';
import { subjectOf } from '@connections/audit/subject';
import { ConnectionLog } from '@connections/connection/connection-log';
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
    subject: await subjectOf(scope, new ConnectionLog(stores.eventStore, new Texts(stores.database.as()))),
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
