import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type * as SqliteFile from '../../libs/database/src/sqlite-file.ts';
import type * as ApiKeys from '../../libs/directory/src/api-keys.ts';
import type * as ConnectionId from '../../libs/connection/src/connection-id.ts';
import type * as HashChain from '../../libs/event-store/src/hash-chain.ts';
import type * as Projection from '../../libs/connection/src/read-model/connections.projection.ts';
import type * as Rebuild from '../../libs/event-store/src/rebuild.ts';
import type * as StoredEvents from '../../libs/connection/src/stored-events.ts';
import type * as Texts from '../../libs/connection/src/texts.ts';
import type * as Stores from '../../libs/host/src/stores.ts';

/** The build that is measured; `BENCH_DIST` names another one, to compare two. */
export const dist = resolve(process.env['BENCH_DIST'] ?? join(import.meta.dirname, '..', '..', 'dist'));

/** The entry point of the service. */
export const main = join(dist, 'bin', 'api.js');

const require = createRequire(import.meta.url);
export const part = (path: string): unknown => require(join(dist, 'libs', path)) as unknown;

// What is measured is what was built, so the parts are taken from there and only their types from the sources.
export const { openStores, closeStores, filesOf } = part('host/src/stores.js') as typeof Stores;
export const { CHECKPOINT_EVERY } = part('database/src/sqlite-file.js') as typeof SqliteFile;
export const { rebuild } = part('event-store/src/rebuild.js') as typeof Rebuild;
export const { chained } = part('event-store/src/hash-chain.js') as typeof HashChain;
export const { connectionsProjection } = part(
  'connection/src/read-model/connections.projection.js',
) as typeof Projection;
export const { encode } = part('connection/src/stored-events.js') as typeof StoredEvents;
export const { newText, sealed } = part('connection/src/texts.js') as typeof Texts;
export const { connectionIdOf, streamOf } = part('connection/src/connection-id.js') as typeof ConnectionId;
export const { ApiKeys: Keys } = part('directory/src/api-keys.js') as typeof ApiKeys;
