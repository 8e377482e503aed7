import { accessSync, constants, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { VerifierKey } from '@connections/audit/signed-note';
import { readState, type VerificationState } from '@connections/audit/verification-state';
import { type LogVerdict, verifyLog } from '@connections/audit/verify-log';
import { interruptible } from './interruptible';
import { keptNotes } from './kept-notes';
import { counted, ProgressLine } from './progress';
import { type Answer, properties } from './terminal';
import { withExistingStores } from './with-stores';

export interface LogVerificationOptions {
  /** The file that keeps how far it has come. */
  readonly state?: string;
  /** Files or folders of checkpoints that were kept elsewhere. */
  readonly checkpoint?: readonly string[];
  /** Keys to believe instead of those that the database knows. */
  readonly key?: readonly VerifierKey[];
}

/** How often the state is written at most, in milliseconds. */
const WRITE_EVERY = 1_000;

/**
 * Proves that the log is what was signed, while the service runs or does not.
 * @param silent keeps standard error for errors.
 */
export async function verifyLiveLog(options: LogVerificationOptions, silent: boolean): Promise<Answer> {
  const { key: keys } = options;
  const kept = keptNotes(options.checkpoint ?? []);
  const file = new StateFile(options.state);
  const state = file.read();
  const line = new ProgressLine('Verifying', silent);
  const started = performance.now();
  try {
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
    return answerOf(verdict, rate);
  } finally {
    file.write();
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

/** Where a verification keeps how far it has come; nowhere without a path. */
class StateFile {
  #reached: VerificationState | undefined;
  #writtenAt = performance.now();

  constructor(private readonly path: string | undefined) {}

  get interrupted(): string {
    const again =
      this.path === undefined ? 'run it again when you like' : 'run it again, and it goes on from its state';
    return `The verification was interrupted. Nothing was changed; ${again}.`;
  }

  read(): VerificationState | undefined {
    if (this.path === undefined) return undefined;
    // At the end of a long verification it would be too late to hear that its state cannot be kept.
    accessSync(dirname(this.path), constants.W_OK);
    return existsSync(this.path) ? readState(readFileSync(this.path, 'utf8')) : undefined;
  }

  reached(state: VerificationState): void {
    this.#reached = state;
    if (performance.now() - this.#writtenAt >= WRITE_EVERY) this.write();
  }

  write(): void {
    if (this.path === undefined || this.#reached === undefined) return;
    const written = `${this.path}.next`;
    writeFileSync(written, `${JSON.stringify(this.#reached)}\n`);
    renameSync(written, this.path);
    this.#reached = undefined;
    this.#writtenAt = performance.now();
  }
}
