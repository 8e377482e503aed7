import { existsSync } from 'node:fs';
import { inspectSqlite, type SqliteInspection } from '@connections/database/sqlite-inspection';
import { filesOf, migrations } from '@connections/host/stores';
import { counted } from '../progress';
import { type Checkpoint, type ProjectionState, projections, stateOf } from '../projection-state';
import { type Check, check, type Finding, ok, problem, warning } from './check';
import { damageFinding } from './log-checks';

const NO_CHECKPOINTS: readonly Checkpoint[] = [];

/** Where it is kept which migrations were run, and how far projections are. */
const hasTable = (file: SqliteInspection, table: 'migrations' | 'projections'): boolean =>
  file.rows("select 1 from sqlite_schema where type = 'table' and name = ?", table).length > 0;

/** The file of read models, directory and keys, and whether its tables are of this version. */
export function databaseChecks(dataDir: string): Check[] {
  const path = filesOf(dataDir).database;
  const file = check('database-file', () => fileFinding(dataDir));
  if (file.status !== 'ok') return [file];
  return [
    file,
    check('database-integrity', () => damageFinding(inspectSqlite(path, damageOf))),
    check('migrations', () => migrationFinding(inspectSqlite(path, executedMigrations))),
  ];
}

/** How far the projections are; to be read before the log's head, so that none seems to be ahead of it. */
export function checkpointsOf(dataDir: string): readonly Checkpoint[] {
  try {
    return inspectSqlite(filesOf(dataDir).database, (file) =>
      hasTable(file, 'projections') ? file.rows<Checkpoint>('select * from projections') : NO_CHECKPOINTS,
    );
  } catch {
    // Said by the file's own checks.
    return NO_CHECKPOINTS;
  }
}

/** @param head the number of the last event in the log. */
export function projectionChecks(checkpoints: readonly Checkpoint[], head: number): Check[] {
  const position = head === 0 ? '' : String(head).padStart(16, '0');
  const log = { unit: 'events', distance: (seen: string) => Math.max(0, head - Number(seen)) } as const;
  const states = projections.map((projection) => stateOf(projection, checkpoints, position, log));
  return states.map((state) => ({ name: `projection ${state.name}`, ...projectionFinding(state) }));
}

function fileFinding(dataDir: string): Finding {
  const path = filesOf(dataDir).database;
  if (!existsSync(path)) {
    return existsSync(filesOf(dataDir).log)
      ? problem(
          `${path} is missing, and the log beside it is not.`,
          'Restore it: it holds organizations and API keys. Connections by themselves come back from the log.',
        )
      : warning(`${path} does not exist yet.`, 'Start the service, which makes it.');
  }
  return inspectSqlite(path, (file) => {
    if (hasTable(file, 'migrations')) return ok(`${path} is a database of this service.`);
    if (file.number('select count(*) from sqlite_schema') === 0)
      return warning(`${path} is empty.`, 'Start the service, which lays it out, unless it should hold something.');
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

function migrationFinding(executed: readonly string[]): Finding {
  const unknown = executed.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    const details = `The database has ${unknown.join(', ')}, which this version does not know.`;
    return problem(details, 'It was written by a newer version: use that one.');
  }
  const pending = Object.keys(migrations).filter((name) => !executed.includes(name));
  if (pending.length === 0) return ok(`All ${executed.length} are in place.`);
  return warning(`${pending.join(', ')} not yet in place.`, 'Start the service, which brings the database up to date.');
}

function projectionFinding({ state, lag, problem: why, rebuild }: ProjectionState): Finding {
  const again = 'Run "projection rebuild".';
  switch (state) {
    case 'missing':
      return warning('It is not made yet.', 'Start the service, which makes it.');
    case 'outdated':
      return warning(why ?? '', 'Start the service, which rebuilds it.');
    case 'faulted':
      return problem(
        `It stands still, ${counted(lag)} events behind: ${why}`,
        'Use a version that knows this event, and start it; it goes on from there.',
      );
    case 'ahead-of-log':
      return problem(why ?? '', `The log is an older copy: restore the newer one. If it is the right one: ${again}`);
    case 'behind':
      return warning(
        `It is ${counted(lag)} events behind the log.`,
        'The running service catches up in a moment; if this number stays, see its /readyz and its log.',
      );
    case 'current':
      return rebuild === null
        ? ok('It has seen the whole log.')
        : warning(
            'It has seen the whole log; a rebuild was begun.',
            `Unless one is running now, it broke off. ${again}`,
          );
  }
}
