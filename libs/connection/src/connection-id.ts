import { createHash } from 'node:crypto';
import { base58 } from '@scure/base';
import { LRUCache } from 'lru-cache';

/** How many bytes of the digest identify a pair: 128 bits, so that no two pairs ever collide. */
const DIGEST_BYTES = 16;
/** The length of the longest base58 form of that many bytes; shorter ones are padded. */
const ID_LENGTH = 22;

const STREAM_PREFIX = 'connection-';
const ID_PREFIX = 'cxn_';

/** The id of a connection and the name of its stream: each can be computed from the other. */
export interface ConnectionNames {
  readonly id: string;
  readonly stream: string;
}

/**
 * The names of the one connection from a source to a destination. They are derived from the pair, so that the store's
 * own uniqueness of streams makes connections unique: two racing creates meet in one stream.
 */
export function connectionBetween(sourceOrganizationId: string, destinationOrganizationId: string): ConnectionNames {
  // Organization ids hold no line feed, so different pairs never give the same text.
  const pair = `${sourceOrganizationId}\n${destinationOrganizationId}`;
  const known = remembered.get(pair);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(pair).digest();
  const id = ID_PREFIX + base58.encode(digest.subarray(0, DIGEST_BYTES)).padStart(ID_LENGTH, '1');
  const names = { id, stream: streamOf(id) };
  remembered.set(pair, names);
  return names;
}

/** Remembered, because computing them costs more than the rest of a share check. */
const remembered = new LRUCache<string, ConnectionNames>({ max: 10_000 });

/** The only id that the connection from a source to a destination can have. */
export const connectionIdOf = (sourceOrganizationId: string, destinationOrganizationId: string): string =>
  connectionBetween(sourceOrganizationId, destinationOrganizationId).id;

/** The stream of the connection with this id. */
export const streamOf = (connectionId: string): string => STREAM_PREFIX + connectionId.slice(ID_PREFIX.length);

/** The connection that a stream is of; id and stream say the same. */
export const connectionIdOfStream = (stream: string): string => ID_PREFIX + stream.slice(STREAM_PREFIX.length);

/** The form of a connection's id. */
export const CONNECTION_ID = /^cxn_[0-9A-Za-z]{1,64}$/;

/** Whether a text has the form of a connection's id. */
export const isConnectionId = (text: string): boolean => CONNECTION_ID.test(text);

/** Whether a stream is a connection's; the log may hold others. */
export const isConnectionStream = (stream: string): boolean => stream.startsWith(STREAM_PREFIX);
