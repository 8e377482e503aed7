import { existsSync } from 'node:fs';
import type { LastLeaf } from '@connections/audit/last-leaf';
import { lastLeafQuery } from '@connections/audit/tree-statements';
import { inspectSqlite, type SqliteInspection } from '@connections/database/sqlite-inspection';
import { refuseOrphanedLog } from '@connections/database/write-ahead-log';
import { filesOf } from '@connections/host/stores';
import type { ProjectionRow } from '../projection-state';
import { type Check, check, type Finding, ok, problem, warning } from './check';
import { damageFinding, UNREADABLE } from './log-file';
import { migrationFinding } from './migration-finding';
import type { DatabasePart, Signed, Surroundings } from './parts';
import { rootBy, subtreesAt } from './tree-root';

/** The file of read models, directory and keys. Nothing is created or changed. */
export function databaseFile(dataDir: string): DatabasePart {
  const path = filesOf(dataDir).database;
  return {
    projectionRows: async () => rowsOf<ProjectionRow>(path, 'projections', 'select * from projections'),
    lastLeaf: async () => inspectSqlite(path, lastLeafIn),
    signed: async () => inspectSqlite(path, signedIn),
    rootAt: async (size) => inspectSqlite(path, (file) => rootIn(file, size)),
    newestConnections: async (limit) => {
      const newest = 'select id from connections order by created_position desc limit ?';
      return rowsOf<{ id: string }>(path, 'connections', newest, limit).map(({ id }) => id);
    },
    checks: (surroundings) => checks(path, surroundings),
    close: async () => undefined,
  };
}

const RESTORE = 'Restore it: it holds organizations and API keys. Connections by themselves come back from the log.';

async function checks(path: string, surroundings: Surroundings): Promise<Check[]> {
  const file = await check('database-file', () => fileFinding(path, surroundings), UNREADABLE);
  if (file.status !== 'ok') return [file];
  return [
    file,
    await check('database-integrity', () => damageFinding(inspectSqlite(path, damageOf)), UNREADABLE),
    await check('migrations', () => migrationFinding(inspectSqlite(path, executedMigrations)), UNREADABLE),
  ];
}

const hasTable = (file: SqliteInspection, table: string): boolean =>
  file.rows("select 1 from sqlite_schema where type = 'table' and name = ?", table).length > 0;

function rootIn(file: SqliteInspection, size: number): string | null {
  if (!hasTable(file, 'tree')) return null;
  const node = 'select hash from tree where level = ? and idx = ?';
  return rootBy(subtreesAt(size).map(({ level, index }) => file.rows<{ hash: string }>(node, level, index)[0]?.hash));
}

function lastLeafIn(file: SqliteInspection): LastLeaf | null {
  return hasTable(file, 'tree') ? (file.rows<LastLeaf>(lastLeafQuery('tree'))[0] ?? null) : null;
}

function signedIn(file: SqliteInspection): Signed | null {
  if (!hasTable(file, 'checkpoint_deliveries')) return null;
  const undelivered = (target: string): number => {
    const delivered = 'coalesce((select size from checkpoint_deliveries where target = ?), -1)';
    const [row] = file.rows<{ n: number }>(`select count(*) as n from checkpoints where size > ${delivered}`, target);
    return row?.n ?? 0;
  };
  const [row] = file.rows<{ note: string }>('select note from checkpoints order by size desc limit 1');
  const newest = row?.note ?? null;
  return {
    keys: file.rows<{ line: string }>('select line from audit_keys').map(({ line }) => line),
    retired: file
      .rows<{ line: string }>('select line from audit_keys where retired_at is not null')
      .map(({ line }) => line),
    newest,
    undelivered: { folder: undelivered('folder'), url: undelivered('url') },
  };
}

function rowsOf<Row>(path: string, table: string, query: string, ...parameters: number[]): Row[] {
  try {
    return inspectSqlite(path, (file) => (hasTable(file, table) ? file.rows<Row>(query, ...parameters) : []));
  } catch {
    // Reported by the checks.
    return [];
  }
}

function fileFinding(path: string, { otherIsUsed }: Surroundings): Finding {
  refuseOrphanedLog(path);
  if (!existsSync(path)) {
    return otherIsUsed
      ? problem(`${path} is missing, and the log is not.`, RESTORE)
      : warning(`${path} does not exist yet.`, 'Start the service, which makes it.');
  }
  return inspectSqlite(path, (file) => {
    if (hasTable(file, 'migrations')) return ok(`${path} is a database of this service.`);
    if (file.number('select count(*) from sqlite_schema') === 0)
      return otherIsUsed
        ? problem(`${path} is empty, and the log is not.`, RESTORE)
        : warning(`${path} is empty.`, 'Start the service, which lays it out, unless it should hold something.');
    return problem(
      `${path} is a SQLite database, but not one of this service.`,
      'Set DATA_DIR to another folder, and do not start the service on this one.',
    );
  });
}

const damageOf = (file: SqliteInspection): string[] =>
  file
    .rows<{ quick_check: string }>('pragma quick_check')
    .map((row) => row.quick_check)
    .filter((line) => line !== 'ok');

const executedMigrations = (file: SqliteInspection): string[] =>
  file.rows<{ name: string }>('select name from migrations').map((row) => row.name);
