import { existsSync } from 'node:fs';
import { treeProjection } from '@connections/audit/tree.projection';
import { writeAheadLogSize } from '@connections/database/write-ahead-log';
import { START } from '@connections/event-store/event-store';
import type { Configuration } from '@connections/host/configuration';
import { placeNames } from '@connections/host/place-names';
import { filesAt, type Places } from '@connections/host/stores';
import { furthestOf, projections, stateOf } from '../projection-state';
import { type Answer, coloured, oneLine } from '../terminal';
import { auditChecks } from './audit-checks';
import type { Check } from './check';
import { databaseFile } from './database-file';
import { logFile } from './log-file';
import type { DatabasePart, LogPart } from './parts';
import { followedLogCheck } from './followed-log';
import { projectionChecks } from './projection-checks';
import { configurationChecks, dataFolderChecks, nodeCheck } from './surroundings';

export interface DoctorOptions {
  /** Whether to check the hash of every event. */
  readonly full: boolean;
  /** Prints no progress, only errors, on standard error. */
  readonly silent: boolean;
}

/** How many connections' newest events are checked when not all events are, and the log cannot be read from its end. */
const NEWEST_CONNECTIONS = 100;

/** Checks everything that the service depends on, and changes nothing. */
export async function doctor(options: DoctorOptions): Promise<Answer> {
  const { checks: ofConfiguration, places, configuration } = configurationChecks(process.env);
  const files = filesAt(places);
  const checks = [nodeCheck(), ...ofConfiguration];
  if (files.length > 0) checks.push(...(await dataFolderChecks(places.DATA_DIR, files)));
  if (files.length < 2 || files.some(isPerhapsThere)) {
    checks.push(...(await storeChecks(places, configuration, options)));
  }
  const status = worstOf(checks);
  return { document: { status, checks }, text: textOf(checks), failed: status === 'problem' };
}

/** Whether the file exists, or cannot be looked at, which its checks report. */
function isPerhapsThere(file: string): boolean {
  try {
    return existsSync(file) || writeAheadLogSize(file) > 0;
  } catch {
    return true;
  }
}

async function storeChecks(
  places: Places,
  configuration: Configuration | null,
  options: DoctorOptions,
): Promise<Check[]> {
  const [log, database] = [await logAt(places), await databaseAt(places)];
  try {
    // The checkpoints first: the log may grow meanwhile, and none must seem to be ahead of it.
    const rows = await database.projectionRows();
    const head = await log.head(furthestOf(rows));
    const ofDatabase = await database.checks({ otherIsUsed: head !== START });
    const ofLog = await log.checks({
      ...options,
      otherIsUsed: rows.length > 0,
      newestConnections: options.full ? [] : await database.newestConnections(NEWEST_CONNECTIONS),
    });
    // The state of projections means nothing if the log or the database cannot be read.
    const [isLogThere, isDatabaseThere] = [ofLog, ofDatabase].map((found) => found[0]?.status === 'ok');
    const both = isLogThere && isDatabaseThere;
    const states = both ? projections.map((projection) => stateOf(projection, rows, head, log)) : [];
    const tree = states.find(({ name }) => name === treeProjection.name)?.state;
    const isTreeUsed = tree !== undefined && tree !== 'missing' && tree !== 'outdated';
    return [
      ...ofLog,
      ...ofDatabase,
      ...projectionChecks(states),
      ...(isTreeUsed ? [await followedLogCheck(database, log)] : []),
      ...(configuration && isDatabaseThere ? await auditChecks(configuration, database, tree === 'current') : []),
    ];
  } finally {
    await log.close();
    await database.close();
  }
}

// Loaded only if there is a server.
async function logAt(places: Places): Promise<LogPart> {
  if (places.EVENTSTORE_URL === undefined) return logFile(places.DATA_DIR);
  const { logServer } = await import('./log-server.js');
  return logServer(places.EVENTSTORE_URL, placeNames(places).log);
}

async function databaseAt(places: Places): Promise<DatabasePart> {
  if (places.DATABASE_URL === undefined) return databaseFile(places.DATA_DIR);
  const { databaseServer } = await import('./database-server.js');
  return databaseServer(places.DATABASE_URL, placeNames(places).database);
}

const worstOf = (checks: readonly Check[]): Check['status'] =>
  (['problem', 'warning'] as const).find((status) => checks.some((found) => found.status === status)) ?? 'ok';

const colours = { ok: 'green', warning: 'yellow', problem: 'red' } as const;

function textOf(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, details, advice }) => {
    const line = `${coloured(colours[status], status.padEnd('problem'.length))}  ${name.padEnd(width)}  ${oneLine(details)}`;
    return advice === null ? [line] : [line, `${' '.repeat(width + 11)}-> ${oneLine(advice)}`];
  });
  const counts = (['problem', 'warning'] as const).flatMap((status) => {
    const many = checks.filter((found) => found.status === status).length;
    return many === 0 ? [] : [`${many} ${status}${many === 1 ? '' : 's'}`];
  });
  return [...lines, '', counts.length === 0 ? 'Everything is in order.' : `${counts.join(', ')}.`].join('\n');
}
