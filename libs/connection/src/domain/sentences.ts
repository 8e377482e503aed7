import type { Actor, ConnectionEvent } from './connection.events';

/** Stands for a text that was redacted. */
export const redacted: unique symbol = Symbol('redacted');

/** A text as it can be read now; null if none was written. */
export type ReadableText = string | null | typeof redacted;

/** The name of an organization; null or undefined if it is unknown. */
export type NameOf = (organizationId: string) => string | null | undefined;

/**
 * What happened, as one English sentence on one line. It contains only what the event says, and the names of the
 * organizations; an unknown name is replaced by the id.
 * @param text the text that was written with the event: the name of a new connection, or the reason of a step.
 */
export function sentenceOf(event: ConnectionEvent, text: ReadableText, nameOf: NameOf): string {
  const party = (organizationId: string, role: Actor['role']): string =>
    `${nameOf(organizationId) ?? organizationId} (${role})`;
  const { actor, occurredAt } = event;
  const who = actor.role === 'platform' ? 'The operator of the service' : party(actor.organizationId, actor.role);
  return `${who} ${deedOf(event, text, party)} ${MEANS[actor.type]} ${actor.id} at ${occurredAt}.`;
}

/** The organizations that an event's sentence names. */
export const organizationsIn = (event: ConnectionEvent): string[] =>
  event.type === 'ConnectionCreated'
    ? [event.actor.organizationId, event.destinationOrganizationId]
    : event.actor.organizationId === null
      ? []
      : [event.actor.organizationId];

const MEANS: Record<Actor['type'], string> = { 'api-key': 'with key', user: 'as user', system: 'as system' };

function deedOf(
  event: ConnectionEvent,
  text: ReadableText,
  party: (organizationId: string, role: Actor['role']) => string,
): string {
  switch (event.type) {
    case 'ConnectionCreated': {
      const destination = party(event.destinationOrganizationId, 'destination');
      return `created a connection${written(' named ', text)} to ${destination} for ${enumerated(event.scopes)}`;
    }
    case 'ConnectionActivated':
      return 'activated the connection';
    case 'ConnectionDeactivated':
      return `deactivated the connection${written(' for the reason ', text)}`;
    case 'ConnectionReturnedToPending':
      return `returned the connection to pending${written(' for the reason ', text)}`;
    case 'ConnectionTextRedacted':
      return `redacted what was written with revision ${event.revision}`;
  }
}

/** Quoted as in JSON, so that a text can neither break the line nor pass for part of the sentence. */
const written = (before: string, text: ReadableText): string =>
  text === null ? '' : `${before}${text === redacted ? '(redacted)' : JSON.stringify(text)}`;

const enumerated = (items: readonly string[]): string =>
  [items.slice(0, -1).join(', '), ...items.slice(-1)].filter((part) => part !== '').join(' and ');
