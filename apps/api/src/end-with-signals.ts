import { constants } from 'node:os';
import type { Service } from './service';

/**
 * Ends the process on a signal: during the start at once, later in good order, and on a second signal at once. Call it
 * before anything slow: process 1 of a container only receives signals that it listens for.
 * @returns a function to be told of the service once it has started.
 */
export function endWithSignals(): (started: Pick<Service, 'close'>) => void {
  let service: Pick<Service, 'close'> | undefined;
  let closing = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // The exit code by which shells report this signal.
      if (service === undefined) process.exit(128 + constants.signals[signal]);
      if (closing) process.exit(1);
      closing = true;
      service.close().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
  return (started) => {
    service = started;
  };
}
