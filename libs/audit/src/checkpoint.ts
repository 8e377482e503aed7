import { EMPTY_ROOT, HASH_BYTES, type Hash } from './merkle-tree';
import { MalformedNote, parseNote, signersOf, type SignerKey, signNote, type VerifierKey } from './signed-note';

/** What an operator signs about the log: its first `size` events have this Merkle root. */
export interface Checkpoint {
  /** The name of the log. */
  readonly origin: string;
  /** How many events the tree has. */
  readonly size: number;
  readonly root: Hash;
  /** When it was signed by the signer's clock, ISO-8601 UTC with milliseconds. */
  readonly signedAt: string;
}

const SIGNED_AT = 'signed-at ';

/** A checkpoint in the form of https://c2sp.org/tlog-checkpoint, its time as an extension line, signed by every key. */
export const signCheckpoint = ({ origin, size, root, signedAt }: Checkpoint, keys: readonly SignerKey[]): string =>
  signNote(`${origin}\n${size}\n${root.toString('base64')}\n${SIGNED_AT}${signedAt}\n`, keys);

/**
 * Reads a checkpoint that at least one known key has signed.
 * @throws UnknownSigner, MalformedNote
 */
export function openCheckpoint(note: string, known: readonly VerifierKey[]): Checkpoint {
  const signed = parseNote(note);
  const checkpoint = checkpointOf(signed.text);
  const signers = signersOf(signed, known);
  if (!signers.some(({ name }) => name === checkpoint.origin)) {
    const named = signed.signatures.map(({ name, id }) => `${name}+${id}`);
    throw new UnknownSigner(named, whyUnknown(checkpoint.origin, known));
  }
  return checkpoint;
}

/** Reads a checkpoint without verifying its signatures. @throws MalformedNote */
export const readCheckpoint = (note: string): Checkpoint => checkpointOf(parseNote(note).text);

/** None of the known keys has signed. */
export class UnknownSigner extends Error {
  /** @param why a phrase that ends a sentence. */
  constructor(
    readonly signers: readonly string[],
    readonly why: string,
  ) {
    super(`The checkpoint is signed by ${signers.join(', ')}, and ${why}.`);
  }
}

/** Why none of the given keys has signed, as a phrase that ends a sentence. A log may have, or have had, other keys. */
export function whyUnknown(origin: string, keys: readonly VerifierKey[]): string {
  const own = keys.filter(({ name }) => name === origin).map(({ name, id }) => `${name}+${id}`);
  return own.length === 0
    ? 'none of the keys given is that of its log'
    : `the keys given of its log are others: ${own.join(', ')}`;
}

function checkpointOf(text: string): Checkpoint {
  const [origin = '', size = '', encoded = '', time = '', ...rest] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  const signedAt = time.slice(SIGNED_AT.length);
  const isOne =
    origin !== '' &&
    /^(0|[1-9][0-9]{0,15})$/.test(size) &&
    root.length === HASH_BYTES &&
    root.toString('base64') === encoded &&
    time.startsWith(SIGNED_AT) &&
    signedAt !== '' &&
    rest.join('') === '' &&
    rest.length === 1;
  if (!isOne)
    throw new MalformedNote('A checkpoint is four lines: origin, size, root in base64, and "signed-at" a moment.');
  if (size === '0' && !root.equals(EMPTY_ROOT))
    throw new MalformedNote('A checkpoint of no events has the root of no events, and this one has another.');
  return { origin, size: Number(size), root, signedAt };
}
