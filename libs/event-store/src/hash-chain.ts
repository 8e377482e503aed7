import { hash } from 'node:crypto';
import type { EventToAppend, JsonObject, RecordedEvent } from './event-store';

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
): EventToAppend & { readonly metadata: { readonly hash: string } } {
  const metadata = { ...event.metadata, 'previous-hash': previousHash };
  return { ...event, metadata: { ...metadata, hash: digest(event, stream, revision, metadata) } };
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

const digest = (event: EventToAppend, stream: string, revision: number, metadata: JsonObject): string =>
  hashOfTexts(stream, revision, event.type, event.id, JSON.stringify(event.data), JSON.stringify(metadata));

/** The hash over what is written down already. @param metadata without its last member, which is the hash. */
export const hashOfTexts = (
  stream: string,
  revision: number,
  type: string,
  id: string,
  data: string,
  metadata: string,
): string => hash('sha256', `connections/event/v1\n${stream}\n${revision}\n${type}\n${id}\n${data}\n${metadata}\n`);
