import { type Bytes, fromBase64, joined, sha256, toHex, utf8 } from './bytes';

/** Signed notes and the keys that verify them; see docs/proof-format.md, section 4. */

/** A trusted key. */
export interface VerifierKey {
  readonly name: string;
  /** Eight hex digits. */
  readonly id: string;
  readonly key: CryptoKey;
}

/** A text and its signatures, not yet verified. */
export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly signature: Bytes }[];
}

const ED25519 = Uint8Array.of(1);
const KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

/** Reads `<name>+<id>+<base64>`; null if it is no such key. @throws if the browser does not support Ed25519. */
export async function readKey(line: string): Promise<VerifierKey | null> {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.length !== ED25519.length + KEY_BYTES || bytes[0] !== ED25519[0]) return null;
  const digest = await sha256(joined(utf8(`${name}\n`), bytes));
  if (toHex(digest.slice(0, ID_BYTES)) !== id) return null;
  const key = await crypto.subtle.importKey('raw', bytes.slice(ED25519.length), 'Ed25519', false, ['verify']);
  return { name, id, key };
}

/** Parses a note without verifying its signatures; null if it is none. */
export function readNote(note: string): SignedNote | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map(readSignature);
  return signatures.every((signature) => signature !== null) ? { text: note.slice(0, end + 1), signatures } : null;
}

function readSignature(line: string): SignedNote['signatures'][number] | null {
  const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.length !== ID_BYTES + SIGNATURE_BYTES) return null;
  return { name, id: toHex(bytes.slice(0, ID_BYTES)), signature: bytes.slice(ID_BYTES) };
}

/** The trusted keys that have signed a note; null when a signature of one of them is wrong. */
export async function signersOf(
  { text, signatures }: SignedNote,
  believed: readonly VerifierKey[],
): Promise<VerifierKey[] | null> {
  const signers: VerifierKey[] = [];
  for (const { name, id, signature } of signatures) {
    const signer = believed.find((key) => key.name === name && key.id === id);
    if (signer === undefined) continue;
    if (!(await crypto.subtle.verify('Ed25519', signer.key, signature, utf8(text)))) return null;
    signers.push(signer);
  }
  return signers;
}
