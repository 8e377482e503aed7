import { existsSync } from 'node:fs';
import { refuseOrphanedLog } from '@connections/database/write-ahead-log';
import { type RecordedEvent, START } from '@connections/event-store/event-store';
import { hashOf } from '@connections/event-store/hash-chain';
import { filesOf, inspectLog } from '@connections/host/stores';
import { counted, ProgressLine } from '../progress';
import { type Check, check, type Finding, ok, problem, warning } from './check';
import { HashChain } from './hash-chain';
import type { LogPart, LogSurroundings } from './parts';

type LogInspection = Parameters<Parameters<typeof inspectLog>[1]>[0];

/** How many events' hashes are checked when not all are: half of them the newest, half spread over the log. */
const SAMPLE = 1_000;
const PAGE = 1_000;

const RESTORE = 'Keep a copy of the file, and restore it from a back-up.';

/** What to do about a file that a check cannot read. */
export const UNREADABLE = 'Restore the file from a back-up, or ask for help with this line.';

/** The event log in a file. Checks the file, its events, and the chain of hashes. Nothing is created. */
export function logFile(dataDir: string): LogPart {
  return {
    unit: 'events',
    distance: (after, upTo) => Math.max(0, Number(upTo) - Number(after)),
    async head() {
      const head = headOf(dataDir);
      return head === 0 ? START : String(head).padStart(16, '0');
    },
    at: async (stream, revision) => inspectLog(dataDir, (log) => log.at(stream, revision)),
    checks: (surroundings) => checks(dataDir, surroundings),
    close: async () => undefined,
  };
}

async function checks(dataDir: string, surroundings: LogSurroundings): Promise<Check[]> {
  const file = await check('log-file', () => fileFinding(dataDir, surroundings), UNREADABLE);
  if (file.status !== 'ok') return [file];
  return [
    file,
    await check('log-integrity', () => damageFinding(inspectLog(dataDir, (log) => log.damage())), UNREADABLE),
    await check('log-events', () => inspectLog(dataDir, countFinding), UNREADABLE),
    await check('hash-chain', () => inspectLog(dataDir, (log) => chainFinding(log, surroundings)), UNREADABLE),
  ];
}

/** The number of the last event; 0 if there is no readable log. */
function headOf(dataDir: string): number {
  try {
    return inspectLog(dataDir, (log) => (log.owner === 'ours' ? log.head() : 0));
  } catch {
    // Reported by the checks.
    return 0;
  }
}

/** The damage that SQLite found in a file. */
export function damageFinding(damage: readonly string[]): Finding {
  const [first] = damage;
  if (first === undefined) return ok('SQLite finds the file sound.');
  return problem(`SQLite finds ${damage.length} places damaged, the first: ${first}.`, RESTORE);
}

function fileFinding(dataDir: string, { otherIsUsed }: LogSurroundings): Finding {
  const path = filesOf(dataDir).log;
  refuseOrphanedLog(path);
  if (!existsSync(path)) {
    return otherIsUsed
      ? problem(`${path} is missing, and the database is not.`, 'Restore it: it is the record of everything.')
      : warning(`${path} does not exist yet.`, 'Start the service, which makes it.');
  }
  return inspectLog(dataDir, ({ owner, layout, knownLayout }) => {
    switch (owner) {
      case 'ours':
        return ok(`${path} is an event log, layout ${layout}.`);
      case 'empty':
        return otherIsUsed
          ? problem(`${path} is empty, and the database is not.`, 'Restore it: it is the record of everything.')
          : warning(`${path} is empty.`, 'Start the service, which lays it out, unless it should hold something.');
      case 'newer': {
        const details = `${path} has layout ${layout}; this version knows up to ${knownLayout}.`;
        return problem(details, 'It was written by a newer version: use that one.');
      }
      case 'foreign': {
        const advice = 'Set DATA_DIR to another folder. The service writes nothing to this file.';
        return problem(`${path} is a SQLite database, but not an event log of this service.`, advice);
      }
    }
  });
}

function countFinding(log: LogInspection): Finding {
  // The count first: events that arrive in between must not look like missing ones.
  const [count, head] = [log.count(), log.head()];
  const details = `${counted(count)} events, the last at position ${counted(head)}.`;
  return count >= head ? ok(details) : problem(`${details} ${counted(head - count)} are missing in between.`, RESTORE);
}

function chainFinding(log: LogInspection, { full, silent }: LogSurroundings): Finding {
  const head = log.head();
  const chain = new HashChain();
  for (const event of full ? everyEvent(log, head, silent) : sampleOf(log, head)) {
    const predecessor = event.revision === 0 ? undefined : log.at(event.stream, event.revision - 1);
    chain.see(event, predecessor && hashOf(predecessor));
  }
  const { checked } = chain;
  const isAll = full || checked >= head;
  const scope = isAll ? `All ${counted(checked)} events` : `${counted(checked)} of ${counted(head)} events`;
  return chain.finding(scope, checked < head ? ' Use --full for all.' : '');
}

function* sampleOf(log: LogInspection, head: number): Generator<RecordedEvent> {
  const newest = Math.max(1, head - SAMPLE / 2 + 1);
  const step = Math.max(1, Math.ceil((newest - 1) / (SAMPLE / 2)));
  for (let number = 1; number < newest; number += step) yield* log.from(number, 1);
  yield* log.from(newest, SAMPLE / 2);
}

function* everyEvent(log: LogInspection, head: number, silent: boolean): Generator<RecordedEvent> {
  const line = new ProgressLine('Checking hashes', silent);
  const started = performance.now();
  for (let number = 1; number <= head; number += PAGE) {
    // By position, not by count: a gap must not hide the events after it.
    yield* log.from(number, PAGE).filter((event) => Number(event.position) < number + PAGE);
    const done = Math.min(head, number + PAGE - 1);
    const rate = Math.round(done / ((performance.now() - started) / 1_000));
    line.show({ done, total: head, rate, secondsLeft: Math.ceil((head - done) / Math.max(1, rate)) });
  }
  line.end();
}
