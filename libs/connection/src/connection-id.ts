import { createHash } from 'node:crypto';
import { base58 } from '@scure/base';
import { LRUCache } from 'lru-cache';

/** The bytes of the digest that name a pair: 128 bits, so that no two pairs of organizations ever meet. */
const DIGEST_BYTES = 16;
/** The longest base58 form of so many bytes; shorter ones are padded to it. */
const ID_LENGTH = 22;

const STREAM_PREFIX = 'connection-';
const ID_PREFIX = 'cxn_';

/** What a connection is called, and what its stream is: the one says the same as the other. */
export interface ConnectionNames {
  readonly id: string;
  readonly stream: string;
}

/**
 * What the one connection from a source to a destination is called. Derived, so that the store's own uniqueness of
 * streams is the uniqueness of connections: two racing creates meet in one stream.
 */
export function connectionBetween(sourceOrganizationId: string, destinationOrganizationId: string): ConnectionNames {
  // Ids of organizations hold no line feed, so the two cannot be shifted into one another.
  const pair = `${sourceOrganizationId}\n${destinationOrganizationId}`;
  const known = remembered.get(pair);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(pair).digest();
  const id = ID_PREFIX + base58.encode(digest.subarray(0, DIGEST_BYTES)).padStart(ID_LENGTH, '1');
  const names = { id, stream: streamOf(id) };
  remembered.set(pair, names);
  return names;
}

/** Working them out costs more than all the rest of a share check. */
const remembered = new LRUCache<string, ConnectionNames>({ max: 10_000 });

/** The one id that the connection from a source to a destination can have. */
export const connectionIdOf = (sourceOrganizationId: string, destinationOrganizationId: string): string =>
  connectionBetween(sourceOrganizationId, destinationOrganizationId).id;

/** The stream of a connection; id and stream say the same. */
export const streamOf = (connectionId: string): string => STREAM_PREFIX + connectionId.slice(ID_PREFIX.length);

/** The connection that a stream is of; id and stream say the same. */
export const connectionIdIn = (stream: string): string => ID_PREFIX + stream.slice(STREAM_PREFIX.length);

/** Whether a text has the form of a connection's id. */
export const isConnectionId = (text: string): boolean => /^cxn_[0-9A-Za-z]{1,64}$/.test(text);

/** Whether a stream is a connection's; the log may hold others. */
export const isConnectionStream = (stream: string): boolean => stream.startsWith(STREAM_PREFIX);
