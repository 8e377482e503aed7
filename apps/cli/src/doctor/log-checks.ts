import { existsSync } from 'node:fs';
import type { RecordedEvent } from '@connections/event-store/event-store';
import { expectedHash, hashOf } from '@connections/event-store/hash-chain';
import { filesOf, inspectLog } from '@connections/host/stores';
import { counted, ProgressLine } from '../progress';
import { type Check, check, type Finding, ok, problem, warning } from './check';

type LogInspection = Parameters<Parameters<typeof inspectLog>[1]>[0];

/** Events whose hashes are looked at when not all are: half of them the newest, half spread over the log. */
const SAMPLE = 1_000;
const PAGE = 1_000;
/** Broken events that are named; the others are counted. */
const NAMED = 3;

const RESTORE = 'Keep a copy of the file, and restore it from a back-up.';

/** The event log: its file, what it holds, and whether the chain of hashes holds. */
export function logChecks(dataDir: string, options: { readonly full: boolean; readonly silent: boolean }): Check[] {
  const file = check('log-file', () => fileFinding(dataDir));
  if (file.status !== 'ok') return [file];
  return [
    file,
    check('log-integrity', () => damageFinding(inspectLog(dataDir, (log) => log.damage()))),
    check('log-events', () => inspectLog(dataDir, countFinding)),
    check('hash-chain', () => inspectLog(dataDir, (log) => chainFinding(log, options))),
  ];
}

/** The number of the last event; 0 where there is no log that could be read. */
export function headOf(dataDir: string): number {
  try {
    return inspectLog(dataDir, (log) => (log.owner === 'ours' ? log.head() : 0));
  } catch {
    // Said by the log's own checks.
    return 0;
  }
}

/** What SQLite found in either file. */
export function damageFinding(damage: readonly string[]): Finding {
  const [first] = damage;
  if (first === undefined) return ok('SQLite finds the file sound.');
  return problem(`SQLite finds ${damage.length} places damaged, the first: ${first}.`, RESTORE);
}

function fileFinding(dataDir: string): Finding {
  const path = filesOf(dataDir).log;
  if (!existsSync(path)) {
    return existsSync(filesOf(dataDir).database)
      ? problem(
          `${path} is missing, and the read model beside it is not.`,
          'Restore it: it is the record of everything.',
        )
      : warning(`${path} does not exist yet.`, 'Start the service, which makes it.');
  }
  return inspectLog(dataDir, ({ owner, layout, knownLayout }) => {
    switch (owner) {
      case 'ours':
        return ok(`${path} is an event log, layout ${layout}.`);
      case 'empty':
        return warning(`${path} is empty.`, 'Start the service, which lays it out, unless it should hold something.');
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

function chainFinding(log: LogInspection, { full, silent }: { full: boolean; silent: boolean }): Finding {
  const head = log.head();
  const broken: string[] = [];
  let checked = 0;
  const events = full ? everyEvent(log, head, silent) : sampleOf(log, head);
  for (const event of events) {
    checked += 1;
    const wrong = wrongWith(event, log);
    if (wrong !== null) broken.push(`${event.stream}@${event.revision} ${wrong}`);
  }
  const scope = full || checked >= head ? `All ${counted(checked)}` : `${counted(checked)} of ${counted(head)}`;
  if (broken.length === 0) {
    return ok(`${scope} events carry the hash that they should.${checked < head ? ' Use --full for all.' : ''}`);
  }
  const more = broken.length > NAMED ? `; and ${counted(broken.length - NAMED)} more` : '';
  return problem(
    `${scope} events were checked, ${counted(broken.length)} of them broken: ${broken.slice(0, NAMED).join('; ')}${more}.`,
    'Somebody or something changed the log. Keep a copy of it, and compare it with a back-up.',
  );
}

function wrongWith(event: RecordedEvent, log: LogInspection): string | null {
  if (hashOf(event) !== expectedHash(event)) return 'is not what its hash says';
  if (event.revision === 0) return event.metadata['previous-hash'] === null ? null : 'claims a predecessor';
  const predecessor = log.at(event.stream, event.revision - 1);
  if (predecessor === undefined) return 'has lost its predecessor';
  return event.metadata['previous-hash'] === hashOf(predecessor) ? null : 'does not continue its predecessor';
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
    // By position and not by count: a gap must not hide what lies behind it.
    yield* log.from(number, PAGE).filter((event) => Number(event.position) < number + PAGE);
    const done = Math.min(head, number + PAGE - 1);
    const rate = Math.round(done / ((performance.now() - started) / 1_000));
    line.show({ done, total: head, rate, secondsLeft: Math.ceil((head - done) / Math.max(1, rate)) });
  }
  line.end();
}
