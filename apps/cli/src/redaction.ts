import { randomUUID } from 'node:crypto';
import { RedactText, RedactTextHandler } from '@connections/connection/commands/redact-text';
import { ConnectionLog } from '@connections/connection/connection-log';
import { Texts } from '@connections/connection/texts';
import { configurationFrom } from '@connections/host/configuration';
import { requireFollowedLog } from '@connections/host/followed-log';
import { placeNames } from '@connections/host/place-names';
import { resourceOf, telling } from './operator-view';
import type { Answer } from './terminal';
import { withExistingStores } from './with-stores';

/** Removes the text of an event for ever. The operator may remove any text. */
export async function redactText(id: string, revision: number): Promise<Answer> {
  const requestId = `req_${randomUUID()}`;
  const context = {
    by: { type: 'system', id: 'cli', organizationId: null },
    requestId,
    correlationId: requestId,
    attempt: null,
    ifMatch: null,
    dryRun: false,
  } as const;
  const found = await withExistingStores(async (stores) => {
    const { database, eventStore } = stores;
    // An older copy of the log would become another one by it, and the text be gone all the same.
    await requireFollowedLog(stores, placeNames(configurationFrom(process.env)).log);
    const handler = new RedactTextHandler(new ConnectionLog(eventStore, new Texts(database.as())));
    return handler.execute(new RedactText(id, revision, context));
  }).catch(telling);
  return {
    document: { data: resourceOf(found) },
    text: `What was written with revision ${revision} of ${id} is redacted. The connection is at revision ${found.revision}.`,
  };
}
