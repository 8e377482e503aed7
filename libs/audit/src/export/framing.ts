import { readCheckpoint } from '../checkpoint';
import { type Hash, HASH_BYTES } from '../merkle-tree';
import { parseNote } from '../signed-note';
import {
  type Begun,
  type Continued,
  type ExportFormat,
  FORM,
  type Frame,
  type FramingKind,
  type Tile,
} from './records';
import { scopeIn, scopeText } from './scope';

/** No tree whose size a checkpoint can state has more levels. */
const LONGEST_PROOF = 64;

/** What an export covers, from its first record. @throws MalformedNote */
export function frameOf(scope: Frame['scope'], { checkpoint, since }: Begun): Frame {
  const { origin, size, signedAt } = readCheckpoint(checkpoint);
  return { origin, scope, since: since === null ? 0 : readCheckpoint(since.checkpoint).size, size, time: signedAt };
}

const idOf = ({ scope, since, size }: Frame, kind: FramingKind): string =>
  `${scopeText(scope)}:${since}-${size}:${kind}`;

export const begunLine = (format: ExportFormat, frame: Frame, { checkpoint, keys, since }: Begun): string =>
  format.framing(
    frame,
    'begun',
    idOf(frame, 'begun'),
    JSON.stringify({
      form: FORM,
      scope: scopeText(frame.scope),
      checkpoint,
      keys,
      since: since && { checkpoint: since.checkpoint, proof: since.proof },
    }),
  );

export const tileLine = (format: ExportFormat, frame: Frame, { begin, leaves, proof }: Tile): string =>
  format.framing(frame, 'leaves', `${idOf(frame, 'leaves')}:${begin}`, JSON.stringify({ begin, leaves, proof }));

export const endedLine = (format: ExportFormat, frame: Frame, note: string): string =>
  format.framing(frame, 'ended', idOf(frame, 'ended'), JSON.stringify({ note }));

/** The text that is signed at the end of an export. @param digest hex SHA-256 of all the bytes before its last line. */
export const endedText = ({ scope, size }: Frame, events: number, digest: string): string =>
  `${FORM}\n${scopeText(scope)}\n${size}\n${events}\n${digest}\n`;

/** Parses the first record; null if it is none. Verifies nothing. */
export function readBegun(json: string): { frame: Frame; begun: Begun } | null {
  const { form, scope: scopeName, checkpoint, keys, since } = membersOf(json);
  const scope = isText(scopeName) ? scopeIn(scopeName) : null;
  if (form !== FORM || scope === null || !isText(checkpoint) || !areTexts(keys)) return null;
  const continued = since === null ? null : continuedIn(since);
  if (continued === undefined) return null;
  const begun = { checkpoint, keys, since: continued };
  return { frame: frameOf(scope, begun), begun };
}

/** Parses a tile; null if it is none. Verifies nothing. */
export function readTile(json: string): Tile | null {
  const { begin, leaves, proof } = membersOf(json);
  return typeof begin === 'number' && areTexts(leaves) && areTexts(proof) ? { begin, leaves, proof } : null;
}

/** The signed note of the last record; null if it has none. @throws MalformedNote */
export function readEnded(json: string): { note: string; signed: ReturnType<typeof parseNote> } | null {
  const { note } = membersOf(json);
  return isText(note) ? { note, signed: parseNote(note) } : null;
}

function continuedIn(since: unknown): Continued | undefined {
  const { checkpoint, proof } = (since ?? {}) as Record<string, unknown>;
  return isText(checkpoint) && areTexts(proof) ? { checkpoint, proof } : undefined;
}

function membersOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** Hashes from base64; null when one is malformed, or when there are too many. */
export function hashesIn(texts: readonly string[], most = LONGEST_PROOF): Hash[] | null {
  if (texts.length > most) return null;
  const hashes = texts.map((text) => Buffer.from(text, 'base64'));
  // A hash in another spelling would be rendered differently from how it was read.
  return hashes.every((hash, index) => hash.length === HASH_BYTES && hash.toString('base64') === texts[index])
    ? hashes
    : null;
}
