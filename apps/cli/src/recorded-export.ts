import { Accesses, OPERATOR } from '@connections/audit/accesses';
import { type Scope, scopeText } from '@connections/audit/export/scope';
import { subjectOf } from '@connections/audit/subject';
import { ConnectionLog } from '@connections/connection/connection-log';
import { Texts } from '@connections/connection/texts';
import type { Stores } from '@connections/host/stores';

/**
 * Runs an export and records the access: its beginning durably before anything is written, and its end afterwards.
 * @param work returns the number of exported events.
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
    // The original error matters more; a record without an end says that the end is unknown.
    await accesses.end(id, 'broken-off', null).catch(() => undefined);
    throw error;
  }
}
