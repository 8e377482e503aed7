import type { Json, JsonObject } from '@connections/event-store/event-store';
import type { Connection } from './domain/connection';
import { difference } from './domain/difference';
import { legible } from './domain/free-text';
import { type NameOf, redacted, sentenceOf } from './domain/sentences';
import type { ProvenConnection } from './connection-log';
import type { Comparison } from './queries/compare-connection';
import type { HistoryEntry } from './queries/get-connection-history';

/** The types of the published resources. */
export const CONNECTIONS = 'connect/connections';
export const EVENTS = 'connect/events';
const DIFFERENCES = 'connect/diffs';

/** The published attributes of a connection. All outputs of the service use these names. */
export const attributesOf = (connection: Connection): JsonObject => ({
  token: connection.id,
  name: legible(connection.name),
  status: connection.status,
  'organization-id': connection.sourceOrganizationId,
  'source-organization-id': connection.sourceOrganizationId,
  'destination-organization-id': connection.destinationOrganizationId,
  scopes: connection.scopes,
  'creator-id': connection.creatorId,
  'creator-type': connection.creatorType,
  'deactivated-by': connection.deactivatedBy,
  'created-at': connection.createdAt,
  'updated-at': connection.updatedAt,
});

/** The published form of an event. Its id is its place in the stream, so it never changes. */
export const eventResourceOf = (connectionId: string, entry: HistoryEntry, nameOf: NameOf): JsonObject => {
  const { event } = entry;
  return {
    type: EVENTS,
    id: `${connectionId}@${entry.revision}`,
    attributes: {
      'connection-id': connectionId,
      revision: entry.revision,
      event: event.type,
      summary: sentenceOf(event, entry.text, nameOf),
      'from-status': entry.fromStatus,
      'to-status': entry.toStatus,
      actor: {
        type: event.actor.type,
        id: event.actor.id,
        'organization-id': event.actor.organizationId,
        role: event.actor.role,
      },
      reason: 'reason' in event && entry.text !== redacted ? entry.text : null,
      redacted: entry.text === redacted,
      'redacted-revision': event.type === 'ConnectionTextRedacted' ? event.revision : null,
      'occurred-at': event.occurredAt,
      'request-id': entry.requestId,
      'correlation-id': entry.correlationId,
      position: entry.position,
      'previous-hash': entry.previousHash,
      hash: entry.hash,
    },
  };
};

/** The published form of a comparison. An end is null if the connection did not exist yet. */
export const differenceResourceOf = (
  connectionId: string,
  { from, to, entries }: Comparison,
  nameOf: NameOf,
): JsonObject => ({
  type: DIFFERENCES,
  attributes: {
    'connection-id': connectionId,
    from: endOf(from),
    to: endOf(to),
    changes: changesBetween(from, to),
    events: entries.map((entry) => eventResourceOf(connectionId, entry, nameOf)),
  },
});

const endOf = (end: ProvenConnection | null): JsonObject | null =>
  end && { revision: end.revision, 'updated-at': end.connection.updatedAt, hash: end.hash };

/** The published attributes that differ between the ends; null for a missing value. */
export const changesBetween = (
  from: ProvenConnection | null,
  to: ProvenConnection | null,
): { attribute: string; from: Json; to: Json }[] =>
  difference(from && attributesOf(from.connection), to && attributesOf(to.connection)).map((change) => ({
    attribute: String(change.attribute),
    from: change.from ?? null,
    to: change.to ?? null,
  }));
