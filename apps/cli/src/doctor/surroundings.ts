import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { writeAheadLogOf } from '@connections/database/write-ahead-log';
import { Configuration, configurationFrom, InvalidConfiguration } from '@connections/host/configuration';
import type { Places } from '@connections/host/stores';
import { type Check, check, ok, problem, warning } from './check';
import { misspelt } from './misspelt';

/** In bytes of free space: below the first the disk will soon be full, and below the second it is as good as full. */
const LITTLE_SPACE = 1_073_741_824;
const NO_SPACE = 67_108_864;

const GIVE_ACCESS = 'Give this user write access, or set DATA_DIR to another folder.';
const ASK = 'Set DATA_DIR to another folder, or ask for help with this line.';

/** The running Node.js. An older one than the service needs was refused before anything was loaded. */
export const nodeCheck = (): Check => ({ name: 'node', ...ok(`Node.js ${process.version}`) });

/** Checks the environment variables, and returns the places that they configure. */
export function configurationChecks(environment: NodeJS.ProcessEnv): {
  checks: Check[];
  places: Places;
  /** Null when it is invalid. */
  configuration: Configuration | null;
} {
  const ignored = misspelt(Object.keys(environment), Object.keys(new Configuration())).map(({ name, meant }) => ({
    name: 'environment',
    ...warning(`${name} is set, which is no setting.`, `Set ${meant} instead, if that was meant.`),
  }));
  try {
    const configuration = configurationFrom(environment);
    const { DATA_DIR, EVENTSTORE_URL, DATABASE_URL } = configuration;
    const places = { DATA_DIR: resolve(DATA_DIR), EVENTSTORE_URL, DATABASE_URL };
    return { checks: [{ name: 'configuration', ...ok('It is valid.') }, ...ignored], places, configuration };
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    const advice = 'Correct this environment variable; the service does not start with it.';
    return {
      checks: [...error.problems.map((found) => ({ name: 'configuration', ...problem(found, advice) })), ...ignored],
      // The other settings may still be valid.
      places: {
        DATA_DIR: resolve(environment['DATA_DIR']?.trim() || new Configuration().DATA_DIR),
        EVENTSTORE_URL: environment['EVENTSTORE_URL'],
        DATABASE_URL: environment['DATABASE_URL'],
      },
      configuration: null,
    };
  }
}

/**
 * Checks that the folder exists or can be created, is writable and has room, that this user can write its files, and
 * whether others can read them.
 * @param files the paths of the log and the database, if they are files.
 */
export async function dataFolderChecks(dataDir: string, files: readonly string[]): Promise<Check[]> {
  const why = whyThereCanBeNone(dataDir);
  if (why !== null) {
    const impossible = problem(`${dataDir} cannot be a folder: ${why}.`, 'Set DATA_DIR to another folder.');
    return [{ name: 'data-folder', ...impossible }];
  }
  const nearest = nearestExisting(dataDir);
  const folder = check(
    'data-folder',
    () => {
      if (!statSync(nearest).isDirectory()) {
        return problem(`${nearest} is not a folder.`, 'Set DATA_DIR to a folder.');
      }
      if (!isPermitted(nearest, constants.W_OK | constants.X_OK)) {
        return problem(`${nearest} cannot be written to by this user.`, GIVE_ACCESS);
      }
      if (nearest === dataDir) return ok(`${dataDir} is there and can be written to.`);
      const advice = 'Start the service, which makes it, or set DATA_DIR to the folder that it uses.';
      return warning(`${dataDir} does not exist yet.`, advice);
    },
    ASK,
  );
  const space = check(
    'free-space',
    () => {
      const { bavail, bsize } = statfsSync(nearest);
      const free = bavail * bsize;
      const details = `${(free / LITTLE_SPACE).toFixed(1)} GiB are free.`;
      if (free < NO_SPACE) return problem(details, 'Free some space: nothing can be written soon.');
      return free < LITTLE_SPACE ? warning(details, 'Free some space, before nothing can be written.') : ok(details);
    },
    ASK,
  );
  const rights = check(
    'file-rights',
    () => {
      const stores = files.flatMap((file) => [file, writeAheadLogOf(file)]);
      const closed = stores.filter((file) => existsSync(file) && !isPermitted(file, constants.W_OK));
      if (closed.length > 0) return problem(`${closed.join(' and ')} cannot be written to by this user.`, GIVE_ACCESS);
      if (isOpenToReplace(dataDir)) {
        const details = `${dataDir} can be written to by others than its owner, who can put other files in the place of these.`;
        return warning(details, `Take that right away: chmod go-w ${inShell(dataDir)}`);
      }
      const open = [...stores, join(dataDir, 'demo.json')].filter((file) => isOpenToOthers(file, dataDir));
      if (open.length === 0) return ok('Nobody but their owner can read or write the files.');
      const names = open.join(' and ');
      const advice = `They hold what people wrote, and keys or hashes of keys: chmod 600 ${open.map(inShell).join(' ')}`;
      return warning(`${names} can be read or written by others than their owner.`, advice);
    },
    ASK,
  );
  return Promise.all([folder, space, rights]);
}

/** The system's error for a path that cannot exist; null for any other path. */
function whyThereCanBeNone(path: string): string | null {
  try {
    statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const { code = '', errno = 0 } = error as NodeJS.ErrnoException;
    if (/^(ENAMETOOLONG|ELOOP)$/.test(code)) return getSystemErrorMessage(errno);
  }
  return null;
}

const modeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mode ?? 0;

/**
 * Whether other users have any right to a file and may enter its folder. Group and others are not told apart, since the
 * groups of the two may differ.
 */
const isOpenToOthers = (file: string, folder: string): boolean =>
  (modeOf(file) & 0o077) !== 0 && (modeOf(folder) & 0o011) !== 0;

/** Whether other users may replace files in a folder, which the sticky bit prevents. */
function isOpenToReplace(folder: string): boolean {
  const mode = modeOf(folder);
  return (mode & 0o1000) === 0 && [0o030, 0o003].some((rights) => (mode & rights) === rights);
}

const inShell = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** @param access what is to be done, as `access(2)` takes it. */
function isPermitted(path: string, access: number): boolean {
  try {
    accessSync(path, access);
    return true;
  } catch {
    return false;
  }
}
