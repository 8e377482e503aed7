import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Configuration, configurationFrom, InvalidConfiguration } from '@connections/host/configuration';
import { type Check, check, ok, problem, warning } from './check';

/** Bytes of free space under which the folder will soon be full, and under which it is as good as full. */
const LITTLE_SPACE = 1_073_741_824;
const NO_SPACE = 67_108_864;

/** The Node.js that this runs on. An older one than the service needs has been refused before anything was loaded. */
export const nodeCheck = (): Check => check('node', () => ok(`Node.js ${process.version}`));

/** The environment, and the data folder that it names. */
export function configurationChecks(environment: NodeJS.ProcessEnv): { checks: Check[]; dataDir: string } {
  try {
    const { DATA_DIR } = configurationFrom(environment);
    return { checks: [{ name: 'configuration', ...ok('It is valid.') }], dataDir: resolve(DATA_DIR) };
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    const advice = 'Correct this environment variable; the service does not start with it.';
    return {
      checks: error.problems.map((found) => ({ name: 'configuration', ...problem(found, advice) })),
      // The rest may be in order all the same.
      dataDir: resolve(environment['DATA_DIR']?.trim() || new Configuration().DATA_DIR),
    };
  }
}

/** Whether there is a folder that can be written to, or can be made, and has room. */
export function dataFolderChecks(dataDir: string): Check[] {
  const nearest = nearestExisting(dataDir);
  return [
    check('data-folder', () => {
      if (!statSync(nearest).isDirectory()) {
        return problem(`${nearest} is not a folder.`, 'Set DATA_DIR to a folder.');
      }
      if (!isWritable(nearest)) {
        const rights = 'Give this user write access, or set DATA_DIR to another folder.';
        return problem(`${nearest} cannot be written to by this user.`, rights);
      }
      if (nearest === dataDir) return ok(`${dataDir} is there and can be written to.`);
      const advice = 'Start the service, which makes it, or set DATA_DIR to the folder that it uses.';
      return warning(`${dataDir} does not exist yet.`, advice);
    }),
    check('free-space', () => {
      const { bavail, bsize } = statfsSync(nearest);
      const free = bavail * bsize;
      const details = `${(free / LITTLE_SPACE).toFixed(1)} GiB are free.`;
      if (free < NO_SPACE) return problem(details, 'Free some space: nothing can be written soon.');
      return free < LITTLE_SPACE ? warning(details, 'Free some space, before nothing can be written.') : ok(details);
    }),
  ];
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
