import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import { Texts, type TextTables } from '@connections/connection/texts';
import type { Database } from '@connections/database/database';
import type { EventStore } from '@connections/event-store/event-store';
import type { Tree } from '../tree';
import type { ExportSources } from './sources';

/** What an export is made from, out of what is stored. @param namesOf how organizations are called. */
export function storedSources(
  log: EventStore,
  database: Database<TextTables & ReadModelTables>,
  tree: Tree,
  namesOf: ExportSources['namesOf'],
): ExportSources {
  const { reader } = database;
  const texts = new Texts(database.as());
  return {
    log,
    tree,
    namesOf,
    textsOf: (commitments) => texts.kept(commitments),
    connectionsOf: async (organizationId, after, limit) => {
      const of = (party: 'source_organization_id' | 'destination_organization_id') =>
        reader
          .selectFrom('connections')
          .select('id')
          .where(party, '=', organizationId)
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute();
      // Each part is a walk of its own; one of both would look at every row there is.
      const rows = [...(await of('source_organization_id')), ...(await of('destination_organization_id'))];
      return [...new Set(rows.map(({ id }) => id))].sort().slice(0, limit);
    },
  };
}
