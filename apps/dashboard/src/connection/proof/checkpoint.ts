import { type Bytes, fromBase64 } from './bytes';
import { HASH_BYTES } from './inclusion';
import { readNote, signersOf, type VerifierKey } from './signed-note';

/** What the operator has signed about the log: its first `size` events have this Merkle root. */
export interface Checkpoint {
  /** The name of the log. */
  readonly origin: string;
  /** How many events it covers. */
  readonly size: number;
  readonly root: Bytes;
  /** When it was signed by the signer's clock: ISO-8601. */
  readonly signedAt: string;
  /** The ids of the trusted keys of this log that have signed it. */
  readonly signedBy: readonly string[];
}

/** Why something is not proven, in a sentence for people. */
export interface Unproven {
  readonly why: string;
}

/** Reads a checkpoint and verifies its signatures. */
export async function openCheckpoint(note: string, believed: readonly VerifierKey[]): Promise<Checkpoint | Unproven> {
  const signed = readNote(note);
  const said = signed && saidIn(signed.text);
  if (signed === null || said === null) return { why: 'What the service gave as its checkpoint is none.' };
  const signers = await signersOf(signed, believed);
  if (signers === null) return { why: 'The signature of the checkpoint is wrong: what it says was changed.' };
  const signedBy = signers.filter(({ name }) => name === said.origin).map(({ id }) => id);
  if (signedBy.length === 0) return { why: 'None of the keys of the log has signed the checkpoint.' };
  return { ...said, signedBy };
}

const SIGNED_AT = 'signed-at ';

/** Parses the four lines of a checkpoint: docs/proof-format.md, section 4. */
function saidIn(text: string): Omit<Checkpoint, 'signedBy'> | null {
  const [origin = '', size = '', encoded = '', time = '', end, ...rest] = text.split('\n');
  const root = fromBase64(encoded);
  const signedAt = time.slice(SIGNED_AT.length);
  const isOne =
    origin !== '' &&
    /^(0|[1-9][0-9]{0,15})$/.test(size) &&
    time.startsWith(SIGNED_AT) &&
    signedAt !== '' &&
    end === '' &&
    rest.length === 0;
  if (!isOne || root?.length !== HASH_BYTES) return null;
  return { origin, size: Number(size), root, signedAt };
}
