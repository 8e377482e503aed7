import { hash } from 'node:crypto';
import type { EventToAppend, JsonObject, RecordedEvent, WrittenEvent } from './event-store';
import { EventWithTexts } from './json-texts';

/**
 * Binds an event to its place and its predecessor. The hash is the lower-case hex SHA-256 over these lines,
 * each ended by a line feed: the form's name, the stream, the revision, the type, the event's id, the data and
 * the metadata without its last member, which is the hash itself, both as `JSON.stringify` writes them.
 * Such text holds no raw line feed, so the lines cannot be shifted into one another.
 */
export function chained(
  event: EventToAppend,
  stream: string,
  revision: number,
  previousHash: string | null,
): EventWithTexts<JsonObject & { readonly hash: string }> {
  // A copy by spreading has no room for more members, and to add these two would take as long as the hash. (A member
  // `__proto__` would be lost by this; no metadata has one.)
  const metadata = Object.assign({}, event.metadata, { 'previous-hash': previousHash });
  const hashed = { data: JSON.stringify(event.data), metadata: JSON.stringify(metadata) };
  const own = hashOfTexts(stream, revision, event.type, event.id, hashed.data, hashed.metadata);
  const texts = { data: hashed.data, metadata: `${hashed.metadata.slice(0, -1)}${OPEN}${own}${CLOSE}` };
  return new EventWithTexts(event, Object.assign(metadata, { hash: own }), texts);
}

/** The hash that a recorded event ought to carry, computed from what is stored. */
export function expectedHash(event: RecordedEvent): string {
  const { stream, revision, type, id } = event;
  return hashOfTexts(stream, revision, type, id, JSON.stringify(event.data), hashedMetadataOf(event));
}

/** The metadata as it was hashed. Its last member is cut off its text where it stands there, which is cheaper than a copy. */
function hashedMetadataOf({ metadata }: RecordedEvent): string {
  const text = JSON.stringify(metadata);
  const last = `,"hash":${JSON.stringify(metadata['hash'])}}`;
  if (text.endsWith(last)) return `${text.slice(0, -last.length)}}`;
  const { hash: _, ...rest } = metadata;
  return JSON.stringify(rest);
}

/** The hash that an event carries; null where it carries none. */
export const hashOf = (event: Pick<RecordedEvent, 'metadata'>): string | null =>
  typeof event.metadata['hash'] === 'string' ? event.metadata['hash'] : null;

/** The hash over what is written down already. @param metadata without its last member, which is the hash. */
export const hashOfTexts = (
  stream: string,
  revision: number,
  type: string,
  id: string,
  data: string,
  metadata: string,
): string => hash('sha256', ['connections/event/v1', stream, revision, type, id, data, metadata, ''].join('\n'));

/** What stands at the end of the text of an event's metadata. */
const [OPEN, HASH_DIGITS, CLOSE] = [',"hash":"', 64, '"}'];
const HASH_MEMBER_LENGTH = OPEN.length + HASH_DIGITS + CLOSE.length;
const [NO_PREVIOUS, PREVIOUS] = ['"previous-hash":null', '"previous-hash":"'];

/** An event as it is written down, for the hash over it. */
export type Hashed = Pick<WrittenEvent, 'stream' | 'revision' | 'type' | 'id' | 'data' | 'metadata'>;

/** What the hash of an event is that is written down, and what it says that it is: null where that stands not at the end. */
export function writtenHash({ stream, revision, type, id, data, metadata }: Hashed): {
  readonly hash: string;
  readonly carried: string | null;
} {
  const end = metadata.length - HASH_MEMBER_LENGTH;
  const carries = end > 0 && metadata.startsWith(OPEN, end) && metadata.endsWith(CLOSE);
  const before = carries ? `${metadata.slice(0, end)}}` : metadata;
  const own = hashOfTexts(stream, revision, type, id, data, before);
  const carried = carries ? metadata.slice(end + OPEN.length, -CLOSE.length) : null;
  // Whoever remembers a part of a text keeps all of it in memory; the same hash is there as a text of its own.
  return { hash: own, carried: carried === own ? own : carried };
}

/** The hash that is claimed for the event before; null for none, and undefined where it stands not where it has to. */
export function writtenClaim(metadata: string): string | null | undefined {
  const end = metadata.length - HASH_MEMBER_LENGTH;
  if (metadata.endsWith(NO_PREVIOUS, end)) return null;
  const begin = end - HASH_DIGITS - 1;
  const isThere = metadata[end - 1] === '"' && metadata.startsWith(PREVIOUS, begin - PREVIOUS.length);
  return isThere ? metadata.slice(begin, end - 1) : undefined;
}
