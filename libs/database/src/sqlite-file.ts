import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { UnusableFile } from './unusable';
import { refuseOrphanedLog, writeAheadLogSize } from './write-ahead-log';

/** How long a statement waits for another process's write lock, in milliseconds. */
export const BUSY_TIMEOUT = 5_000;
/** What a connection keeps of its file in memory. The system keeps the file as well, and a service has four of them. */
const CACHE_KIB = 4_096;
/**
 * How long the write-ahead log grows, in pages of 4 KiB, before it is copied into the file. What changes often is copied
 * once for all its changes, and only then the file itself is waited for. Each read looks pages up in the log, by one
 * table for every 4,096 of them.
 */
export const CHECKPOINT_EVERY = 4_000;

/** Pragmas of every connection to a file that is in WAL mode: full durability first of all. */
export const CONNECTION_SETTINGS = [
  'synchronous = FULL',
  `cache_size = -${CACHE_KIB}`,
  `wal_autocheckpoint = ${CHECKPOINT_EVERY}`,
];

/**
 * Opens (and if missing creates) a SQLite file in WAL mode with full durability.
 * @param another says that this process has the file open already. Then nothing but SQLite may open and close it:
 * the system drops every lock that a process has on a file when the process closes it once, and without its lock
 * another program could remove the write-ahead log that is being written to.
 * @param accept looks at the file before anything of it is changed, and throws `UnusableFile` when it is not its own.
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
    if (!another) refuseTruncated(path);
    const database = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT });
    try {
      accept(database);
      setWal(database);
      for (const setting of CONNECTION_SETTINGS) database.pragma(setting);
      // A no-op write tells at the start, not at the first command, that nothing can be written.
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

/** Damage that reaches the first rows of a table is told at the start. The whole of a file is read by `doctor` alone. */
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
 * SQLite reads a file that lost its tail without a word until it needs the missing page. Beside a write-ahead log that
 * is no loss: a checkpoint that a full disk interrupted leaves half a page, and SQLite makes it whole from the log.
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
    // A full disk has no room for the index that SQLite keeps of its write-ahead log.
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
