import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';

/**
 * Signed notes as in https://c2sp.org/signed-note, with Ed25519: a text, an empty line, and a line for each signature.
 * Keys are written as Go's sumdb/note writes them, so that other programs can verify and sign as well.
 */

/** The public key of a signer. */
export interface VerifierKey {
  /** Whose key it is; contains no space and no plus. */
  readonly name: string;
  /** Eight hex digits that distinguish keys of the same name. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The key pair of a signer. */
export interface SignerKey extends VerifierKey {
  readonly secret: KeyObject;
}

/** A text and its signatures, not yet verified. */
export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. */
  readonly id: string;
  readonly signature: Buffer;
}

/** A key or a note is malformed; the message says how. */
export class MalformedNote extends Error {}

const ED25519 = Buffer.of(1);
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;
/** The prefixes of the 32 key bytes: of a secret key in PKCS #8 and of a public one in SPKI, by RFC 8410. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** A new key, and the line that stores its secret. */
export function generateSignerKey(name: string): { readonly key: SignerKey; readonly line: string } {
  const seed = randomBytes(KEY_BYTES);
  const key = signerOf(name, seed);
  return { key, line: `PRIVATE+KEY+${name}+${key.id}+${Buffer.concat([ED25519, seed]).toString('base64')}` };
}

/** Reads `PRIVATE+KEY+<name>+<id>+<base64>`. @throws MalformedNote, without showing the line. */
export function parseSignerKey(line: string): SignerKey {
  const written = keyIn(/^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/, line);
  if (written === null) {
    throw new MalformedNote('A signing key is written PRIVATE+KEY+<name>+<id>+<base64>, with Ed25519.');
  }
  const key = signerOf(written.name, written.bytes);
  if (key.id === written.id) return key;
  throw new MalformedNote(`The signing key of ${key.name} has not the id ${written.id} that it is written with.`);
}

/** The prefix of a signing key's line. */
const SECRET = 'PRIVATE+KEY+';

/** Reads `<name>+<id>+<base64>`. @throws MalformedNote, without showing the line if it is a signing key's. */
export function parseVerifierKey(line: string): VerifierKey {
  if (line.startsWith(SECRET)) {
    throw new MalformedNote(
      'This is a key to sign with, which nobody else may see. "audit key list" tells the one to verify with.',
    );
  }
  const written = keyIn(/^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/, line);
  if (written === null) {
    const details = `A key to verify with is written <name>+<id>+<base64>, with Ed25519; this is ${JSON.stringify(line)}.`;
    throw new MalformedNote(details);
  }
  const { name, id, bytes } = written;
  if (idOf(name, bytes) === id) return { name, id, key: publicKeyOf(bytes) };
  throw new MalformedNote(`The key ${line} has not the id that it is written with.`);
}

/** The public line of a key: `<name>+<id>+<base64>`. */
export const verifierLine = ({ name, id, key }: VerifierKey): string =>
  `${name}+${id}+${Buffer.concat([ED25519, bytesOf(key)]).toString('base64')}`;

/** The note, signed by every key. @param text ends with a line feed. */
export function signNote(text: string, keys: readonly SignerKey[]): string {
  const lines = keys.map(({ name, id, secret }) => {
    const signature = sign(null, Buffer.from(text), secret);
    return `\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Parses a note without verifying its signatures. @throws MalformedNote */
export function parseNote(note: string): SignedNote {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n'))
    throw new MalformedNote('A signed note is a text, an empty line and signatures.');
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map((line) => signatureOf(line));
  return { text: note.slice(0, end + 1), signatures };
}

/**
 * The known keys that have signed a note.
 * @throws MalformedNote when the signature of a known key is wrong: somebody changed the note.
 */
export function signersOf({ text, signatures }: SignedNote, known: readonly VerifierKey[]): VerifierKey[] {
  return signatures.flatMap(({ name, id, signature }) => {
    const signer = known.find((key) => key.name === name && key.id === id);
    if (signer === undefined) return [];
    if (!verify(null, Buffer.from(text), signer.key, signature)) {
      throw new MalformedNote(`The signature of ${name}+${id} is not one of this text.`);
    }
    return [signer];
  });
}

function signatureOf(line: string): NoteSignature {
  const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== ID_BYTES + SIGNATURE_BYTES || bytes.toString('base64') !== encoded) {
    throw new MalformedNote(`${JSON.stringify(line)} is no signature of a note.`);
  }
  return { name, id: bytes.toString('hex', 0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}

function keyIn(form: RegExp, line: string): { name: string; id: string; bytes: Buffer } | null {
  const [, name = '', id = '', encoded = ''] = form.exec(line) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const isKey = bytes.length === ED25519.length + KEY_BYTES && bytes[0] === ED25519[0];
  // Base64 can write the same bytes in several ways; only the canonical one is accepted.
  return isKey && bytes.toString('base64') === encoded ? { name, id, bytes: bytes.subarray(ED25519.length) } : null;
}

function signerOf(name: string, seed: Uint8Array): SignerKey {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const key = createPublicKey(secret);
  return { name, id: idOf(name, bytesOf(key)), key, secret };
}

const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' });

const bytesOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);

const idOf = (name: string, publicBytes: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), ED25519, publicBytes])).slice(0, 2 * ID_BYTES);
