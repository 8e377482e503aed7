import { statSync } from 'node:fs';
import { LogForked, requireFollowed } from '@connections/audit/last-leaf';
import { lastLeaf } from '@connections/audit/tree-statements';
import { treeProjection } from '@connections/audit/tree.projection';
import type { TreeTables } from '@connections/audit/tree.table';
import { inspectSqlite } from '@connections/database/sqlite-inspection';
import { UnusableFile } from '@connections/database/unusable';
import { refuseOrphanedLog, sizeOf } from '@connections/database/write-ahead-log';
import { type Position, START } from '@connections/event-store/event-store';
import type { ProjectionTables } from '@connections/event-store/projection';
import { NEXT } from '@connections/event-store/rebuild';
import type { Stores } from './stores';

/**
 * Requires that the log holds what the database has followed. If the log is gone, older, or another one, commands would
 * be accepted that contradict what was agreed, and proofs be made of events that it does not hold.
 * @param path where the log is.
 * @returns false if the database is new and has followed none.
 * @throws UnusableFile, StoreUnavailable
 */
export async function requireFollowedLog({ eventStore, database }: Stores, path: string): Promise<boolean> {
  const rows = await database.reader.selectFrom('projections').select(['name', 'version', 'position']).execute();
  const furthest = furthestOf(rows);
  if (furthest === START) return rows.length > 0;
  const head = await eventStore.head(furthest);
  if (head === START) throw missingLog(path, furthest);
  if (head < furthest) {
    throw new UnusableFile(
      `${path} ends at position ${head}, though the database has followed a log up to ${furthest}: it is an older copy. Restore the newer one. ${GO_ON}`,
    );
  }
  const { name: tree, version: current } = treeProjection;
  if (!rows.some(({ name, version }) => name === tree && version === current)) return true;
  try {
    await requireFollowed(await lastLeaf(database.as<TreeTables>().reader, tree), eventStore);
    return true;
  } catch (error) {
    if (!(error instanceof LogForked)) throw error;
    throw new UnusableFile(
      `${path} is not the log that the database has followed: it has not the last event of the tree over it. Restore that log. ${GO_ON}`,
    );
  }
}

/**
 * Requires that the log file exists if the database has followed one, before an empty log is created in its place.
 * @param files the paths of the log and of the database.
 * @throws UnusableFile
 */
export function requireLogFile({ log, database }: { readonly log: string; readonly database: string }): void {
  refuseOrphanedLog(log);
  if (sizeOf(log) > 0 || sizeOf(database) === 0 || !statSync(database).isFile()) return;
  const positions = inspectSqlite(database, (file) => {
    if (file.rows("select 1 from sqlite_schema where name = 'projections'").length === 0) return [];
    return file.rows<Followed>('select name, position from projections');
  });
  const furthest = furthestOf(positions);
  if (furthest !== START) throw missingLog(log, furthest);
}

type Followed = Pick<ProjectionTables['projections'], 'name' | 'position'>;

/** Ignores rebuilds under way: those may have read a log that was just put back. */
const furthestOf = (rows: readonly Followed[]): Position =>
  rows
    .filter(({ name }) => !name.endsWith(NEXT))
    .reduce<Position>((most, { position }) => (position > most ? position : most), START);

const missingLog = (path: string, furthest: Position): UnusableFile =>
  new UnusableFile(
    `${path} is missing or empty, though the database has followed a log up to position ${furthest}. Restore the log from a back-up; to begin anew, set DATA_DIR to another folder.`,
  );

const GO_ON = 'To go on with this one instead, run "npm run -s cli -- projection rebuild" before the start.';
