import type { KyselyPlugin } from 'kysely';
import { treeProjection } from '@connections/audit/tree.projection';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { Database } from '@connections/database/database';
import { Projector } from '@connections/event-store/projector';
import { closeStores, openStores, type Stores, type Tables } from '@connections/host/stores';
import { feedProjection } from '@connections/notifications/feed.projection';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder';
import { Projectors } from './projectors';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** More turns than anything takes that has to be ready before something else. */
const LATE = 50;

let folder: TemporaryFolder;
let stores: Stores;
let started: Projectors[];
beforeEach(async () => {
  folder = temporaryFolder();
  stores = await openStores({ DATA_DIR: folder.path });
  started = [];
});
afterEach(async () => {
  for (const projectors of started) await projectors.stop();
  await closeStores(stores);
  folder.remove();
});

/** The same database, with reads that take some more turns of the event loop. */
function late(database: Database<Tables>, turns: number): Database<Tables> {
  const waiting: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      return result;
    },
  };
  return new Database(database.reader.withPlugin(waiting), database.writer, database.engine);
}

async function start(database: Database<Tables>, others: Database<Tables>): Promise<Projectors> {
  const projectors = new Projectors(
    new Projector(stores.eventStore, database.as(), connectionsProjection, quiet),
    new Projector(stores.eventStore, others.as(), treeProjection, quiet),
    new Projector(stores.eventStore, others.as(), feedProjection, quiet),
  );
  started.push(projectors);
  await projectors.start();
  return projectors;
}

it('can all be read once they are started, if they could be before', async () => {
  const first = await start(stores.database, stores.database);
  while (!first.all.every(({ readable }) => readable)) await nextTurn();
  await first.stop();
  const again = await start(stores.database, late(stores.database, LATE));
  expect(again.all.map(({ readable }) => readable)).toEqual([true, true, true]);
});

it('are started once reads can be answered, though the others have still to be made from the log', async () => {
  const projectors = await start(stores.database, late(stores.database, LATE));
  expect(projectors.all.map(({ readable }) => readable)).toEqual([true, false, false]);
});
