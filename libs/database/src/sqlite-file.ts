import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { UnusableFile } from './unusable';
import { refuseOrphanedLog, writeAheadLogSize } from './write-ahead-log';

/** How long a statement waits for another process's write lock, in milliseconds. */
export const BUSY_TIMEOUT = 5_000;
/** The page cache of one connection. Small: the system caches the file as well, and a service has four of them. */
const CACHE_KIB = 4_096;
/**
 * How long the write-ahead log may grow, in pages of 4 KiB, before it is copied into the file. The longer, the more
 * changes to a page are copied at once, and the fewer waits for the file. But each read searches the log, by one hash
 * table for every 4,096 of its pages.
 */
export const CHECKPOINT_EVERY = 4_000;

/** Pragmas of every connection to a file in WAL mode, beginning with full durability. */
export const CONNECTION_SETTINGS = [
  'synchronous = FULL',
  `cache_size = -${CACHE_KIB}`,
  `wal_autocheckpoint = ${CHECKPOINT_EVERY}`,
];

/**
 * Opens (and if missing creates) a SQLite file in WAL mode with full durability.
 * @param another whether this process already has the file open. If so, nothing but SQLite may open and close it: when
 * a process closes a file once, the system drops all its locks on it, and without the lock another program could remove
 * the write-ahead log that is in use.
 * @param accept inspects the file before it is changed, and throws `UnusableFile` if it belongs to something else.
 * @throws UnusableFile when it is no database, is damaged, cannot be written or belongs to something else.
 */
export function openSqlite(
  path: string,
  another = false,
  accept: (database: Database) => void = () => undefined,
): Database {
  try {
    refuseOrphanedLog(path);
    mkdirSync(dirname(path), { recursive: true });
    // SQLite would open it for reading only, and say so no earlier than at the first command.
    if (existsSync(path)) accessSync(path, constants.W_OK);
    if (!another) refuseTruncated(path);
    const database = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT });
    try {
      accept(database);
      setWal(database);
      for (const setting of CONNECTION_SETTINGS) database.pragma(setting);
      // Finds out at the start, and not at the first command, whether what lies beside the file can be written.
      database.exec('begin immediate; rollback');
      if (!another) readBeginnings(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw explained(path, error);
  }
}

/** Finds damage to the first rows of each table at the start. Only `doctor` reads the whole file. */
function readBeginnings(database: Database): void {
  const tables = database.prepare<[], string>("select name from sqlite_schema where type = 'table'").pluck().all();
  for (const table of tables) database.prepare(`select * from "${table.replaceAll('"', '""')}" limit 1`).get();
}

/** Two processes that race to set WAL on a fresh file get BUSY in spite of the time-out. */
function setWal(database: Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_BUSY' || attempt === 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/**
 * Without this check, SQLite would not notice a truncated file until it needs a missing page. Beside a write-ahead log,
 * a partial last page is no loss: a full disk interrupted a checkpoint, and SQLite completes the page from the log.
 */
function refuseTruncated(path: string): void {
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  if (size === 0) return;
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, 100, 0);
  } finally {
    closeSync(file);
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw new UnusableFile(notADatabase(path));
  if (size % pageSize !== 0 && writeAheadLogSize(path) === 0) {
    throw new UnusableFile(
      `${path} is damaged: its size of ${size} bytes is not a whole number of pages. Nothing was changed; restore it from a back-up.`,
    );
  }
}

const notADatabase = (path: string): string =>
  `${path} is not a SQLite database. Nothing was changed; move it away, or restore it from a back-up.`;

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

function explained(path: string, error: unknown): unknown {
  if (error instanceof UnusableFile) return error;
  const code = codeOf(error);
  const why = ((): string | null => {
    if (code === 'SQLITE_NOTADB') return notADatabase(path);
    if (code.startsWith('SQLITE_CORRUPT'))
      return `${path} is damaged (${(error as Error).message}). Nothing was changed; restore it from a back-up.`;
    if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
      return `${path} cannot be written: the file or its folder is read-only for this user. Give this user write access or set DATA_DIR to another folder.`;
    if (code === 'EISDIR') return `${path} is a folder, where there should be a file or nothing. Move it away.`;
    if (code.startsWith('SQLITE_CANTOPEN'))
      return `${path} cannot be opened: check that its folder exists and that this user may write there, or set DATA_DIR to another folder.`;
    // A full disk has no room for SQLite's index of the write-ahead log.
    if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC')
      return `There is no space left for ${path}. Free some, then start again.`;
    if (code.startsWith('SQLITE_BUSY')) return `${path} is locked by another process. Stop it, then start again.`;
    if (/^(ENOTDIR|EEXIST|ENOENT|ENAMETOOLONG|ELOOP)$/.test(code))
      return `${dirname(path)} is not a folder and cannot be made one (${code}). Set DATA_DIR to a folder.`;
    if (code.startsWith('SQLITE_IOERR')) return `${path} cannot be read or written (${code}). Check the disk.`;
    return null;
  })();
  return why === null ? error : new UnusableFile(why, { cause: error });
}
