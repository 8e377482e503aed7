import { isLeaf } from '@connections/audit/last-leaf';
import { type Check, check, ok, problem } from './check';
import type { DatabasePart, LogPart } from './parts';

/** Checks that the log is the one that the tree was made from. */
export const followedLogCheck = (database: Pick<DatabasePart, 'lastLeaf'>, log: Pick<LogPart, 'at'>): Promise<Check> =>
  check(
    'followed-log',
    async () => {
      const last = await database.lastLeaf();
      if (last === null) return ok('The tree has no event yet.');
      const { stream, revision, position } = last;
      const event = await log.at(stream, revision);
      const name = `${stream}@${revision}`;
      if (event !== undefined && isLeaf(last, event)) return ok(`The last event of the tree, ${name}, is in the log.`);
      return problem(
        `The last event of the tree, ${name} at position ${position}, is not in the log as it was: the log is an older copy, or another one.`,
        'Stop the service, and restore the log that was there. If this one is to be gone on with, run "projection rebuild" before the start.',
      );
    },
    'Run this again. If it stays, "projection rebuild tree" makes the tree anew.',
  );
