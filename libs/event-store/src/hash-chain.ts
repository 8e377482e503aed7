import { hash } from 'node:crypto';
import type { EventToAppend, JsonObject, RecordedEvent, WrittenEvent } from './event-store';
import { EventWithTexts } from './json-texts';

/**
 * Binds an event to its place and its predecessor. The hash is the lower-case hex SHA-256 over these lines, each ended
 * by a line feed: the form's name, the stream, the revision, the type, the event's id, the data, and the metadata
 * without its last member, which is the hash itself. Data and metadata are as `JSON.stringify` writes them; such text
 * holds no raw line feed, so content cannot move from one line to another.
 */
export function chained(
  event: EventToAppend,
  stream: string,
  revision: number,
  previousHash: string | null,
): EventWithTexts<JsonObject & { readonly hash: string }> {
  // `assign` into `{}` leaves room for more members; a spread copy does not, and then adding these two takes as long as
  // the hash. (A member `__proto__` would be lost; no metadata has one.)
  const metadata = Object.assign({}, event.metadata, { 'previous-hash': previousHash });
  const hashed = { data: JSON.stringify(event.data), metadata: JSON.stringify(metadata) };
  const own = hashOfTexts(stream, revision, event.type, event.id, hashed.data, hashed.metadata);
  const texts = { data: hashed.data, metadata: `${hashed.metadata.slice(0, -1)}${OPEN}${own}${CLOSE}` };
  return new EventWithTexts(event, Object.assign(metadata, { hash: own }), texts);
}

/** The hash that a recorded event should carry, computed from its content. */
export function expectedHash(event: RecordedEvent): string {
  const { stream, revision, type, id } = event;
  return hashOfTexts(stream, revision, type, id, JSON.stringify(event.data), hashedMetadataOf(event));
}

/** The metadata as it was hashed. If the hash is the last member, it is cut off the text, cheaper than a copy. */
function hashedMetadataOf({ metadata }: RecordedEvent): string {
  const text = JSON.stringify(metadata);
  const last = `,"hash":${JSON.stringify(metadata['hash'])}}`;
  if (text.endsWith(last)) return `${text.slice(0, -last.length)}}`;
  const { hash: _, ...rest } = metadata;
  return JSON.stringify(rest);
}

/** The hash that an event carries; null if it carries none. */
export const hashOf = (event: Pick<RecordedEvent, 'metadata'>): string | null =>
  typeof event.metadata['hash'] === 'string' ? event.metadata['hash'] : null;

/** The hash over stored text. @param metadata without its last member, which is the hash. */
export const hashOfTexts = (
  stream: string,
  revision: number,
  type: string,
  id: string,
  data: string,
  metadata: string,
): string => hash('sha256', ['connections/event/v1', stream, revision, type, id, data, metadata, ''].join('\n'));

/** How the text of an event's metadata ends. */
const [OPEN, HASH_DIGITS, CLOSE] = [',"hash":"', 64, '"}'];
const HASH_MEMBER_LENGTH = OPEN.length + HASH_DIGITS + CLOSE.length;
const [NO_PREVIOUS, PREVIOUS] = ['"previous-hash":null', '"previous-hash":"'];

/** The parts of a stored event that the hash covers. */
export type Hashed = Pick<WrittenEvent, 'stream' | 'revision' | 'type' | 'id' | 'data' | 'metadata'>;

/** The hash of a stored event, and the one that it carries: null unless that stands at the end of the metadata. */
export function writtenHash({ stream, revision, type, id, data, metadata }: Hashed): {
  readonly hash: string;
  readonly carried: string | null;
} {
  const end = metadata.length - HASH_MEMBER_LENGTH;
  const carries = end > 0 && metadata.startsWith(OPEN, end) && metadata.endsWith(CLOSE);
  const before = carries ? `${metadata.slice(0, end)}}` : metadata;
  const own = hashOfTexts(stream, revision, type, id, data, before);
  const carried = carries ? metadata.slice(end + OPEN.length, -CLOSE.length) : null;
  // A slice keeps the whole text in memory, so an equal hash is replaced by its independent copy.
  return { hash: own, carried: carried === own ? own : carried };
}

/** The hash that the metadata gives for the event before; null for none, undefined if it is not where it must be. */
export function writtenClaim(metadata: string): string | null | undefined {
  const end = metadata.length - HASH_MEMBER_LENGTH;
  if (metadata.endsWith(NO_PREVIOUS, end)) return null;
  const begin = end - HASH_DIGITS - 1;
  const isThere = metadata[end - 1] === '"' && metadata.startsWith(PREVIOUS, begin - PREVIOUS.length);
  return isThere ? metadata.slice(begin, end - 1) : undefined;
}
