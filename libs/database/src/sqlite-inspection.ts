import { statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { UnusableFile } from './unusable';
import { refuseOrphanedLog, writeAheadLogOf } from './write-ahead-log';

/** A SQLite file opened for inspection only. */
export interface SqliteInspection {
  rows<Row>(sql: string, ...parameters: SQLInputValue[]): Row[];
  /** The first column of the first row, as a number; 0 if there is none. */
  number(sql: string): number;
}

/**
 * Looks at a SQLite file without creating or changing any file, whether or not another process is writing to it. `look`
 * may be called twice: the first result is discarded when the file was changed meanwhile. Uses Node's own SQLite: the
 * driver that the service writes with has no way to declare a file immutable, and otherwise SQLite creates files beside
 * a database in WAL mode even for a reader.
 * @throws UnusableFile when it cannot be read as a database.
 */
export function inspectSqlite<T>(path: string, look: (file: SqliteInspection) => T): T {
  refuseOrphanedLog(path);
  const before = stateOf(path);
  if (before.isBeingWritten) return lookInto(path, false, look);
  try {
    const seen = lookInto(path, true, look);
    if (stateOf(path).text === before.text) return seen;
  } catch (error) {
    if (stateOf(path).text === before.text) throw error;
  }
  return lookInto(path, false, look);
}

/** A non-empty write-ahead log belongs to a process that is writing, or to one that was killed. */
function stateOf(path: string): { readonly isBeingWritten: boolean; readonly text: string } {
  const stat = (file: string): { size: number; mtimeMs: number } =>
    statSync(file, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
  const [file, log] = [stat(path), stat(writeAheadLogOf(path))];
  return { isBeingWritten: log.size > 0, text: [file.size, file.mtimeMs, log.size].join(' ') };
}

function lookInto<T>(path: string, standsStill: boolean, look: (file: SqliteInspection) => T): T {
  const url = pathToFileURL(path);
  if (standsStill) url.searchParams.set('immutable', '1');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true, timeout: 5_000 });
    const file = inspectionOf(database);
    refuseTruncated(path, file);
    return look(file);
  } catch (error) {
    throw explained(path, error);
  } finally {
    database?.close();
  }
}

function inspectionOf(database: DatabaseSync): SqliteInspection {
  const statements = new Map<string, StatementSync>();
  const rows = <Row>(sql: string, ...parameters: SQLInputValue[]): Row[] => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement.all(...parameters) as Row[];
  };
  return {
    rows,
    number: (sql) => {
      const [row] = rows<Record<string, unknown>>(sql);
      return Number(Object.values(row ?? {})[0] ?? 0);
    },
  };
}

/**
 * Without this check, SQLite would not notice a truncated file until it needs a missing page. Beside a write-ahead log,
 * the file may end with a partial page, left by a full disk, which is completed when there is space.
 */
function refuseTruncated(path: string, file: SqliteInspection): void {
  file.number('select count(*) from sqlite_schema');
  const pageSize = file.number('pragma page_size');
  const { size } = statSync(path);
  if (size % pageSize === 0 || stateOf(path).isBeingWritten) return;
  throw new UnusableFile(
    `${path} is damaged: its size of ${size} bytes is not a whole number of pages. Restore it from a back-up.`,
  );
}

/** SQLite's primary result codes that say something about the file. */
const CANNOT_OPEN = [3, 14, 23];
const DAMAGED = 11;
const NOT_A_DATABASE = 26;

function explained(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return error;
  const code = error.errcode & 0xff;
  const why =
    code === NOT_A_DATABASE
      ? `${path} is not a SQLite database. Move it away, or restore it from a back-up.`
      : code === DAMAGED
        ? `${path} is damaged (${error.message}). Restore it from a back-up.`
        : CANNOT_OPEN.includes(code)
          ? `${path} cannot be opened: check that this user may read it.`
          : `${path} cannot be read (${error.message}). Check the disk.`;
  return new UnusableFile(why, { cause: error });
}
