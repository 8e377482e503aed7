import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Checkpoints } from '@connections/audit/checkpoints';
import { LogForked } from '@connections/audit/last-leaf';
import { treeProjection } from '@connections/audit/tree.projection';
import { inspectSqlite } from '@connections/database/sqlite-inspection';
import { UnusableFile } from '@connections/database/unusable';
import { refuseOrphanedLog } from '@connections/database/write-ahead-log';
import { type Position, START } from '@connections/event-store/event-store';
import type { Stores } from '@connections/host/stores';

/**
 * What the database has followed has to be in the log. From a log that is gone, older or another one, commands would be
 * answered that contradict what was agreed, and proofs be made of events that it does not hold. A database that is new beside
 * a log that is not is only warned of, since its projections are made anew.
 * @param path where the log is.
 * @param projections the names of those that follow it.
 * @throws UnusableFile
 */
export async function requireFollowedLog(
  { eventStore, database }: Stores,
  checkpoints: Checkpoints,
  path: string,
  projections: readonly string[],
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const followed = await database.reader
    .selectFrom('projections')
    .select(['name', 'version', 'position'])
    .where('name', 'in', projections)
    .execute();
  const furthest = furthestOf(followed);
  const head = await eventStore.head();
  if (followed.length === 0 && head !== START) {
    log.warn(
      { log: path, head },
      'the database is new, and the log is not: organizations, keys and texts that there were are not in it. If it was lost, stop, and restore it from a back-up',
    );
  }
  if (furthest === START) return;
  if (head === START) throw missingLog(path, furthest);
  if (head < furthest) {
    throw new UnusableFile(
      `${path} ends at position ${head}, though the database has followed a log up to ${furthest}: it is an older copy. Restore the newer one. ${GO_ON}`,
    );
  }
  if (!followed.some(({ name, version }) => name === treeProjection.name && version === treeProjection.version)) return;
  try {
    await checkpoints.requireFollowed();
  } catch (error) {
    if (!(error instanceof LogForked)) throw error;
    throw new UnusableFile(
      `${path} is not the log that the database has followed: it has not the last event of the tree over it. Restore that log. ${GO_ON}`,
    );
  }
}

/**
 * The same of a log that is not there at all, before anything makes an empty one in its place.
 * @param files those of the log and the database.
 * @throws UnusableFile
 */
export function requireLogFile({ log, database }: { readonly log: string; readonly database: string }): void {
  refuseOrphanedLog(log);
  const [there, followed] = [log, database].map((file) => statSync(file, { throwIfNoEntry: false }));
  if ((there?.size ?? 0) > 0 || followed?.isFile() !== true) return;
  const positions = inspectSqlite(database, (file) => {
    if (file.rows("select 1 from sqlite_schema where name = 'projections'").length === 0) return [];
    return file.rows<{ position: Position }>('select position from projections');
  });
  const furthest = furthestOf(positions);
  if (furthest !== START) throw missingLog(log, furthest);
}

const furthestOf = (followed: readonly { readonly position: Position }[]): Position =>
  followed.reduce<Position>((most, { position }) => (position > most ? position : most), START);

const missingLog = (path: string, furthest: Position): UnusableFile =>
  new UnusableFile(
    `${path} is missing or empty, though the database has followed a log up to position ${furthest}. Restore the log from a back-up; to begin anew, set DATA_DIR to another folder.`,
  );

const GO_ON = 'To go on with this one instead, run "npm run -s cli -- projection rebuild" before the start.';
