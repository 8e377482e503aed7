import { Accesses, OPERATOR } from '@connections/audit/accesses';
import { type Scope, scopeText } from '@connections/audit/export/scope';
import { subjectOf } from '@connections/audit/subject';
import { ConnectionLog } from '@connections/connection/connection-log';
import { Texts } from '@connections/connection/texts';
import type { Stores } from '@connections/host/stores';

/**
 * Exports on the record: that it was begun is durable before anything is given, and how it ended is added.
 * @param work says how many events it has exported.
 */
export async function recordedExport<T extends { readonly events: number }>(
  stores: Stores,
  scope: Scope,
  work: () => Promise<T>,
): Promise<T> {
  const accesses = new Accesses(stores.database.as());
  const id = await accesses.begin({
    kind: 'export',
    reader: OPERATOR,
    subject: await subjectOf(scope, new ConnectionLog(stores.eventStore, new Texts(stores.database.as()))),
    requestId: null,
    request: `export ${scopeText(scope)}`,
  });
  try {
    const exported = await work();
    await accesses.end(id, 'completed', exported.events);
    return exported;
  } catch (error) {
    // Why it was broken off matters more; without an end the record says that nobody knows how it ended.
    await accesses.end(id, 'broken-off', null).catch(() => undefined);
    throw error;
  }
}
