import { type Checkpoint, openCheckpoint, UnknownSigner } from '../checkpoint';
import { isConsistent } from '../merkle-tree';
import { MalformedNote, parseVerifierKey, type VerifierKey } from '../signed-note';
import { finding, type NotWhole } from './findings';
import { begunLine, hashesIn, readBegun } from './framing';
import type { ExportFormat, Frame } from './records';

/** What a verifier knows independently of the export. */
export interface Expectations {
  /** The trusted keys. */
  readonly keys: readonly VerifierKey[];
  /** Checkpoints that the log has to agree with. */
  readonly witnesses: readonly Checkpoint[];
}

/** The verified beginning of an export. */
export interface Beginning {
  readonly frame: Frame;
  readonly checkpoint: Checkpoint;
  /** The keys that the export claims to be signed by. */
  readonly signers: readonly VerifierKey[];
  /** Witnesses that can only be checked once all the leaves were seen. */
  readonly pending: readonly Checkpoint[];
}

/** Verifies the first record of an export. @throws NotWhole */
export function openBeginning(line: string, number: number, format: ExportFormat, expected: Expectations): Beginning {
  const wrong = (why: string): NotWhole => finding('changed', { line: number }, why);
  const json = format.readFraming('begun', line);
  if (json === null)
    throw finding('not-an-export', { line: number }, `Line ${number} is not the beginning of an export.`);
  const opened = (note: string, what: string): Checkpoint => {
    try {
      return openCheckpoint(note, expected.keys);
    } catch (error) {
      if (error instanceof UnknownSigner) {
        const signers = error.signers.join(' and ');
        const why = `${what} of the export is signed by ${signers}, and ${error.why}.`;
        throw finding('unknown-key', { line: number }, why);
      }
      if (error instanceof MalformedNote) throw wrong(`${what} of the export is not what was signed: ${error.message}`);
      throw error;
    }
  };
  const read = unlessMalformed(() => readBegun(json));
  if (read === null) throw wrong('The beginning of the export says not what an export begins with.');
  const { frame, begun } = read;
  const checkpoint = opened(begun.checkpoint, 'The checkpoint');
  const older = begun.since && opened(begun.since.checkpoint, 'The older checkpoint');
  const signers = unlessMalformed(() => begun.keys.map(parseVerifierKey));
  if (signers === null) throw wrong('A key that the export states is none.');
  if (begunLine(format, frame, begun) !== line)
    throw wrong('The beginning of the export is not written as it has to be.');
  if (begun.since && older) {
    const proof = hashesIn(begun.since.proof);
    if (older.origin !== checkpoint.origin || proof === null || !isConsistent(older, checkpoint, proof)) {
      const why = `The export has no valid proof that the log of ${checkpoint.size} events begins with that of ${older.size}.`;
      throw wrong(why);
    }
  }
  const pending = expected.witnesses.filter((witness) => !agrees(witness, checkpoint, older, frame, number));
  return { frame, checkpoint, signers, pending };
}

/** Whether a witness is already known to agree; false when only the leaves will tell. @throws NotWhole */
function agrees(
  witness: Checkpoint,
  checkpoint: Checkpoint,
  older: Checkpoint | null,
  { scope, since }: Frame,
  line: number,
): boolean {
  if (witness.origin !== checkpoint.origin) {
    const why = `Your checkpoint is of the log ${witness.origin}, and the export of ${checkpoint.origin}.`;
    throw finding('not-comparable', { line }, why);
  }
  for (const own of [checkpoint, older]) {
    if (own?.size !== witness.size) continue;
    if (own.root.equals(witness.root)) return true;
    throw forkedAt(witness.size, line);
  }
  if (scope.kind === 'everything' && since === 0 && witness.size < checkpoint.size) return false;
  const why = `The export proves its events against ${checkpoint.size} events of the log, and says nothing about your checkpoint of ${witness.size}.`;
  throw finding('not-comparable', { line }, why);
}

export const forkedAt = (size: number, line: number): NotWhole =>
  finding(
    'forked',
    { line },
    `The log that was exported had other events among its first ${size} than your checkpoint says.`,
  );

function unlessMalformed<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedNote) return null;
    throw error;
  }
}
