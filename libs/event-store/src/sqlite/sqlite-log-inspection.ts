import { inspectSqlite, type SqliteInspection } from '@connections/database/sqlite-inspection';
import type { RecordedEvent } from '../event-store';
import { APPLICATION_ID, LAYOUT, type Row, toEvent } from './sqlite-event-store';

/** An event log opened for inspection only. */
export interface SqliteLogInspection {
  /** `newer`: written by a later version. `foreign`: another application's database. `empty`: nothing in it yet. */
  readonly owner: 'ours' | 'newer' | 'foreign' | 'empty';
  /** The layout of the file, and the one that this version writes. */
  readonly layout: number;
  readonly knownLayout: number;
  /** The damage that SQLite finds; empty if there is none. Reads the whole file. */
  damage(): string[];
  /** The number of events. */
  count(): number;
  /** The number of the last event; positions count from 1 without gaps. */
  head(): number;
  /** Events from a number on, including it, in log order. */
  from(number: number, limit: number): RecordedEvent[];
  /** The event of a stream at a revision. */
  at(stream: string, revision: number): RecordedEvent | undefined;
}

/**
 * Looks at the log without creating or changing any file. @throws UnusableFile when it cannot be read as a database.
 */
export const inspectSqliteLog = <T>(path: string, look: (log: SqliteLogInspection) => T): T =>
  inspectSqlite(path, (file) => look(inspectionOf(file)));

const COLUMNS = 'position, stream, revision, id, type, data, metadata';

function inspectionOf(file: SqliteInspection): SqliteLogInspection {
  const layout = file.number('pragma user_version');
  return {
    owner: ownerOf(file, layout),
    layout,
    knownLayout: LAYOUT,
    damage: () =>
      file
        .rows<{ quick_check: string }>('pragma quick_check')
        .map((row) => row.quick_check)
        .filter((line) => line !== 'ok'),
    count: () => file.number('select count(*) from events'),
    head: () => file.number('select max(position) from events'),
    from: (number, limit) =>
      file
        .rows<Row>(`select ${COLUMNS} from events where position >= ? order by position limit ?`, number, limit)
        .map(toEvent),
    at: (stream, revision) =>
      file
        .rows<Row>(`select ${COLUMNS} from events where stream = ? and revision = ?`, stream, revision)
        .map(toEvent)[0],
  };
}

function ownerOf(file: SqliteInspection, layout: number): SqliteLogInspection['owner'] {
  if (file.number('pragma application_id') === APPLICATION_ID) return layout > LAYOUT ? 'newer' : 'ours';
  return file.number('select count(*) from sqlite_schema') === 0 ? 'empty' : 'foreign';
}
