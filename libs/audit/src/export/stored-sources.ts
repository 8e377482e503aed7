import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import { Texts, type TextTables } from '@connections/connection/texts';
import type { Database } from '@connections/database/database';
import type { EventStore } from '@connections/event-store/event-store';
import type { Tree } from '../tree';
import type { ExportSources } from './sources';

/** The sources of an export, backed by the stores. @param namesOf the names of organizations. */
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
      // Two queries, each along its own index; a single one for both columns would scan the whole table.
      const rows = [...(await of('source_organization_id')), ...(await of('destination_organization_id'))];
      return [...new Set(rows.map(({ id }) => id))].sort().slice(0, limit);
    },
  };
}
