import {
  AppendTooLarge,
  type EventToAppend,
  type JsonObject,
  MAXIMUM_APPEND_BYTES,
  type Position,
  StoreUnavailable,
} from '../event-store';
import { textsOf } from '../json-texts';

/** An event as it goes over the wire: UTF-8 text of JSON. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface StoredAppend {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly StoredEvent[];
  /** Of data and metadata together. */
  readonly bytes: number;
}

/**
 * The names by which EventStoreDB's own tools correlate events, and the members of our metadata with that meaning. They
 * are added on writing and removed on reading, so that the hash over our metadata stays true.
 */
const SERVER_NAMES = [
  ['$correlationId', 'correlation-id'],
  ['$causationId', 'causation-id'],
] as const;

/** Metadata of ours that uses such a name is stored with one more `$` in front of it. */
const TO_ESCAPE = /^\$+(?:correlationId|causationId)$/;
const ESCAPED = /^\$\$+(?:correlationId|causationId)$/;

/** The server's answer to an append; for one that it has seen before, it may not know the position. */
export interface AppendAnswer {
  readonly revision: number;
  readonly position: Position | null;
}

/**
 * Checks and serializes the events before any call is made: inside the client, errors about them would be lost.
 * @throws AppendTooLarge, RangeError, or TypeError for what is no JSON.
 */
export function toStored(stream: string, expectedRevision: number, events: readonly EventToAppend[]): StoredAppend {
  if (events.length === 0) throw new RangeError(`An append to ${stream} needs at least one event.`);
  let bytes = 0;
  const stored = events.map((event) => {
    const { id, type, metadata } = event;
    const texts = textsOf(event);
    const data = utf8(texts.data);
    // Counts only what was given: what the adapter adds must not make an append too large.
    bytes += data.length + Buffer.byteLength(texts.metadata);
    return { id, type, data, metadata: utf8(withServerNames(texts.metadata, metadata)) };
  });
  if (bytes > MAXIMUM_APPEND_BYTES) throw new AppendTooLarge(stream, bytes);
  return { stream, expectedRevision, events: stored, bytes };
}

/** @throws StoreUnavailable when what is stored is no JSON object. */
export function fromStored(
  stream: string,
  revision: number,
  stored: StoredEvent,
): Pick<EventToAppend, 'data' | 'metadata'> {
  try {
    return {
      data: parsed(stored.data),
      metadata: stored.metadata.length === 0 ? {} : withoutServerNames(parsed(stored.metadata)),
    };
  } catch (error) {
    throw new StoreUnavailable(`The event log is damaged at ${stream}@${revision}: its text is no JSON object.`, error);
  }
}

function withServerNames(text: string, metadata: JsonObject): string {
  const body = text.includes('"$') ? JSON.stringify(renamed(metadata, TO_ESCAPE, (name) => `$${name}`)) : text;
  const added = SERVER_NAMES.map(([name, ours]) => member(name, metadata[ours])).join('');
  if (added === '') return body;
  return `${body.slice(0, -1)}${body === '{}' ? added.slice(1) : added}}`;
}

const member = (name: string, value: unknown): string =>
  typeof value === 'string' ? `,"${name}":${JSON.stringify(value)}` : '';

function withoutServerNames(metadata: Record<string, never>): JsonObject {
  // Reverse order of insertion: V8 keeps an object fast when its last member is the one that is deleted.
  delete metadata['$causationId'];
  delete metadata['$correlationId'];
  for (const name in metadata) {
    if (name.startsWith('$$') && ESCAPED.test(name)) return renamed(metadata, ESCAPED, (escaped) => escaped.slice(1));
  }
  return metadata;
}

/** A member may be called `__proto__`, which only `fromEntries` preserves as a member. */
const renamed = (metadata: JsonObject, which: RegExp, to: (name: string) => string): JsonObject =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [which.test(name) ? to(name) : name, value]));

const utf8 = (text: string): Uint8Array => {
  const buffer = Buffer.from(text);
  // The messages take a Uint8Array as it is, but copy a Buffer.
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
};

function parsed(text: Uint8Array): Record<string, never> {
  const value: unknown = JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.length).toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value as Record<string, never>;
}
