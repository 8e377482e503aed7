import {
  accessSync,
  constants,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { VerifierKey } from '@connections/audit/signed-note';
import { readState, UnusableState, type VerificationState } from '@connections/audit/verification-state';
import { type LogVerdict, verifyLog } from '@connections/audit/verify-log';
import { Failed } from './failed';
import { fileProblemOf, withPath } from './file-problems';
import { interruptible } from './interruptible';
import { keptNotes } from './kept-notes';
import { counted, ProgressLine } from './progress';
import { type Answer, properties } from './terminal';
import { withExistingStores } from './with-stores';

export interface LogVerificationOptions {
  /** The file that records how far the verification has come. */
  readonly state?: string;
  /** Files or folders of checkpoints that were kept elsewhere. */
  readonly checkpoint?: readonly string[];
  /** Keys to trust instead of those in the database. */
  readonly key?: readonly VerifierKey[];
}

/** How often the state is written at most, in milliseconds. */
const WRITE_EVERY = 1_000;

/**
 * Proves that the log is what was signed, whether or not the service is running.
 * @param silent prints no progress, only errors, on standard error.
 */
export async function verifyLiveLog(options: LogVerificationOptions, silent: boolean): Promise<Answer> {
  const { key: keys } = options;
  const kept = keptNotes(options.checkpoint ?? []);
  const file = new StateFile(options.state);
  const line = new ProgressLine('Verifying', silent);
  try {
    const state = file.read();
    const started = performance.now();
    const verdict = await interruptible(file.interrupted, (signal) =>
      withExistingStores(({ eventStore, database }) =>
        verifyLog(eventStore, database.as(), {
          kept,
          signal,
          ...(keys && { keys }),
          ...(state && { state }),
          onState: (reached) => file.reached(reached),
          onProgress: (progress) => line.show(progress),
        }),
      ),
    );
    const rate = Math.round(verdict.events / ((performance.now() - started) / 1_000));
    return { ...answerOf(verdict, rate), failure: file.write() };
  } catch (error) {
    const failure = file.write();
    if (error instanceof UnusableState) throw new UnusableState(`${options.state}: ${error.message}`);
    if (!(error instanceof Failed) || failure === undefined) throw error;
    throw new Failed(
      error.code,
      `${error.message} But it could not be kept: ${fileProblemOf(failure) ?? failure.message}`,
    );
  } finally {
    line.end();
  }
}

const COMPARE = 'Keep a copy of the log and of the database, and compare them with a back-up.';
const ADD_KEY =
  'Give the key that has signed it with --key, beside all others of the log, if its owner has told you that it is one, now or once. Nothing else is known to be wrong.';

function answerOf(verdict: LogVerdict, rate: number): Answer {
  const { fault, size, events, checkpoints, kept, signed, texts } = verdict;
  const read = `${counted(events)} of ${counted(size)} (${counted(rate)}/s)`;
  const ofTexts = `${counted(texts.whole)} as committed to, ${counted(texts.gone)} gone, ${counted(texts.redacted)} redactions`;
  const seen: [string, string | null][] = [
    ['Events read', events === size ? read : `${read}; the others were verified before`],
    [
      'Checkpoints',
      `${counted(checkpoints)} agree, ${counted(kept)} of them kept elsewhere; ${counted(signed)} events are signed`,
    ],
    ['Texts', ofTexts],
  ];
  const verdictOn: [string, string | null][] =
    fault === null
      ? [['Verdict', signed === 0 ? 'whole, as far as hashes tell: nothing was signed yet' : 'whole']]
      : [
          ['Verdict', `${fault.code === 'unknown-key' ? 'not verified' : 'not whole'}: ${fault.code}`],
          ['Event', fault.event],
          [
            'Place',
            `${counted(fault.index)}, counted from 0${fault.position === null ? '' : `; position ${fault.position}`}`,
          ],
          ['Why', fault.why],
          ['What to do', fault.code === 'unknown-key' ? ADD_KEY : COMPARE],
        ];
  const missing = texts.gone - texts.redacted;
  const notes: [string, string][] =
    fault === null && missing > 0 && events === size
      ? [
          [
            'Note',
            `${counted(missing)} texts are gone without a redaction: the database was restored from an older copy, or somebody removed them.`,
          ],
        ]
      : [];
  return {
    document: { whole: fault === null, fault, size, events, checkpoints, kept, signed, texts, rate },
    text: properties([...verdictOn, ...seen, ...notes]),
    failed: fault !== null,
  };
}

/** The file that records how far a verification has come; does nothing without a path. */
class StateFile {
  #reached: VerificationState | undefined;
  #writtenAt = performance.now();

  constructor(private readonly path: string | undefined) {}

  get interrupted(): string {
    const again =
      this.path === undefined ? 'run it again when you like' : 'run it again, and it goes on from its state';
    return `The verification was interrupted. Nothing was changed; ${again}.`;
  }

  /** @throws UnusableState; Failed when the path is no file; the system's error. */
  read(): VerificationState | undefined {
    if (this.path === undefined) return undefined;
    const real = realPathOf(this.path);
    // Checked now: at the end of a long verification it would be too late to learn that its state cannot be written.
    accessSync(dirname(real), constants.W_OK);
    const there = statSync(real, { throwIfNoEntry: false });
    if (there === undefined) return undefined;
    // Reading from a pipe would wait for a writer.
    if (!there.isFile()) throw new Failed('unusable-file', `${this.path} cannot be used: it is no file. Name one.`);
    return readState(readFileSync(real, 'utf8'));
  }

  reached(state: VerificationState): void {
    this.#reached = state;
    if (performance.now() - this.#writtenAt >= WRITE_EVERY) this.write();
  }

  /** @returns the error when it could not be written, since that must not cost the verdict. */
  write(): Error | undefined {
    if (this.path === undefined || this.#reached === undefined) return undefined;
    this.#writtenAt = performance.now();
    let written: string | undefined;
    try {
      const real = realPathOf(this.path);
      written = `${real}.next`;
      writeFileSync(written, `${JSON.stringify(this.#reached)}\n`);
      renameSync(written, real);
      this.#reached = undefined;
      return undefined;
    } catch (error) {
      if (written !== undefined) removeIfPossible(written);
      return withPath(error, this.path);
    }
  }
}

/**
 * The target of a link; the path itself if nothing is there. @throws the system's error for a link that leads nowhere.
 */
const realPathOf = (path: string): string =>
  lstatSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The original error is reported.
  }
}
