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
 * The names under which EventStoreDB's own tools look for what belongs together, and the members of our metadata that
 * say it. The server's names are added on the way in and taken off on the way out, so that the hash over our metadata
 * stays true.
 */
const SERVER_NAMES = [
  ['$correlationId', 'correlation-id'],
  ['$causationId', 'causation-id'],
] as const;

/** Metadata that uses such a name itself keeps it with one more `$` in front. */
const TO_ESCAPE = /^\$+(?:correlationId|causationId)$/;
const ESCAPED = /^\$\$+(?:correlationId|causationId)$/;

/** What the server says of an append; it does not always know the position of one that it has seen before. */
export interface AppendAnswer {
  readonly revision: number;
  readonly position: Position | null;
}

/**
 * Everything that can be wrong with the events is found out here, before any call: the client would stumble over it
 * where nobody hears of it.
 * @throws AppendTooLarge, RangeError, or TypeError for what is no JSON.
 */
export function toStored(stream: string, expectedRevision: number, events: readonly EventToAppend[]): StoredAppend {
  if (events.length === 0) throw new RangeError(`An append to ${stream} needs at least one event.`);
  let bytes = 0;
  const stored = events.map((event) => {
    const { id, type, metadata } = event;
    const texts = textsOf(event);
    const data = utf8(texts.data);
    // The limit is on what was given: what the adapter adds must not make an append too large.
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
  // The last one added goes first: an object that loses its last member stays quick.
  delete metadata['$causationId'];
  delete metadata['$correlationId'];
  for (const name in metadata) {
    if (name.startsWith('$$') && ESCAPED.test(name)) return renamed(metadata, ESCAPED, (escaped) => escaped.slice(1));
  }
  return metadata;
}

/** A member may be called `__proto__`, which only `fromEntries` keeps as a member. */
const renamed = (metadata: JsonObject, which: RegExp, to: (name: string) => string): JsonObject =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [which.test(name) ? to(name) : name, value]));

const utf8 = (text: string): Uint8Array => {
  const buffer = Buffer.from(text);
  // The messages take a Uint8Array as it is, and copy a Buffer.
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
};

function parsed(text: Uint8Array): Record<string, never> {
  const value: unknown = JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.length).toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value as Record<string, never>;
}
