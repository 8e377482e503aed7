import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UnusableKeys } from '@connections/audit/key-file';
import { reasonOf } from '@connections/audit/reason-of';
import { DatabaseUnavailable, UnusableDatabase } from '@connections/database/unusable';
import { StoreUnavailable } from '@connections/event-store/event-store';
import { configurationFrom, InvalidConfiguration } from '@connections/host/configuration';
import { placeNames } from '@connections/host/place-names';
import { NeverDone, toItsEnd } from '@connections/host/to-its-end';
import { DemonstrationFailed, prepareDemo } from './demo/demo';
import { walkthrough } from './demo/walkthrough';
import { createLog } from './log';
import { type Service, startService } from './service';

const HELP = `Runs the Connections service.

  npm start                     serve on PORT (3000), data in DATA_DIR (./data) or on the servers that
                                EVENTSTORE_URL and DATABASE_URL name
  npm start -- --demo           the same, with organizations, keys and connections to try it on
  npm start -- --demo --json    the same, and one line of JSON on standard output once it is ready

Everything else is set by environment variables: see docs/operations.md.
`;

/** The command was called wrongly. */
class InvalidArguments extends Error {}

/**
 * The command line of the service. If it cannot start, it prints one clear message and exits with code 1.
 * @param started is called with the service.
 */
export async function main(args: readonly string[], started: (service: Service) => void): Promise<void> {
  try {
    const { demo, json, help } = optionsOf(args);
    if (help) return void process.stdout.write(HELP);
    const configuration = configurationFrom(process.env);
    const log = createLog(configuration.LOG_LEVEL);
    const service = await toItsEnd(startService(configuration, log));
    started(service);
    process.stdout.on('error', (err) => log.error({ err }, 'what was to be shown could not be written'));
    log.info({ url: service.url, ...placeNames(configuration) }, 'listening');
    if (!demo) return;
    const prepared = await prepareDemo(service, configuration.DATA_DIR);
    process.stdout.write(json ? `${JSON.stringify(prepared)}\n` : `${walkthrough(prepared)}\n`);
  } catch (error) {
    process.stderr.write(`${startProblemOf(error)}\n`);
    process.exit(1);
  }
}

function optionsOf(args: readonly string[]): { demo: boolean; json: boolean; help: boolean } {
  const option = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { demo: option, json: option, help: option } });
    if (values.json && !values.demo) throw new InvalidArguments('--json goes with --demo. Try --help.');
    return values;
  } catch (error) {
    if (error instanceof InvalidArguments) throw error;
    throw new InvalidArguments(`${error instanceof Error ? error.message : String(error)} Try --help.`);
  }
}

function startProblemOf(error: unknown): string {
  if (
    error instanceof InvalidConfiguration ||
    error instanceof UnusableDatabase ||
    error instanceof UnusableKeys ||
    error instanceof DatabaseUnavailable ||
    error instanceof StoreUnavailable ||
    error instanceof InvalidArguments ||
    error instanceof DemonstrationFailed ||
    error instanceof NeverDone
  ) {
    return error.message;
  }
  if (error instanceof Error && 'code' in error) {
    const { port, address } = error as { port?: number; address?: string };
    const listening = `${address ?? ''}:${port ?? ''}`;
    if (error.code === 'EADDRINUSE')
      return `${listening} is in use by another process. Stop it, or set PORT to another port.`;
    if (error.code === 'EACCES' && port !== undefined)
      return `${listening} needs more rights than this user has. Set PORT to one above 1023.`;
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
      return `HOST is not an address of this machine: ${error.message}.`;
    if (error.code === 'SQLITE_FULL')
      return 'There is no space left for the files in DATA_DIR. Free some, then start again.';
    if (String(error.code).startsWith('SQLITE_'))
      return `The database cannot be used: ${error.message} (${String(error.code)}).`;
    const { syscall, path } = error as NodeJS.ErrnoException;
    if (syscall !== undefined && path !== undefined)
      return `${resolve(path)} cannot be used: ${reasonOf(error)}. See that this user may use it and the folders above it, or set DATA_DIR to another folder.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
