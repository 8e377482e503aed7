import { constants } from 'node:os';
import type { Service } from './service';

/**
 * The first signal ends a start at once, and a service in good order; a second one ends that at once. To be called before
 * anything that takes time: process 1 of a container hears no signal that it has not asked for.
 * @returns what is to be told of the service as soon as there is one.
 */
export function endWithSignals(): (started: Pick<Service, 'close'>) => void {
  let service: Pick<Service, 'close'> | undefined;
  let closing = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // As a shell tells that it was this signal.
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
