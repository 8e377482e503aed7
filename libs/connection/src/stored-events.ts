import type { EventToAppend, Json, JsonObject, RecordedEvent } from '@connections/event-store/event-store';
import type { Actor, ConnectionEvent, PlatformActor } from './domain/connection.events';
import type { FreeText } from './domain/free-text';

/** Which request led to an event; stored along with the actor and the time. */
export interface Provenance {
  /** The id that this service gave the request. */
  readonly requestId: string;
  /** The id that the caller gave, or else the request id. */
  readonly correlationId: string;
  /** The id of the cause: the request. */
  readonly causationId: string;
  readonly idempotencyKey: string | null;
}

/** Converts the stored data of one version to the next. Stored events themselves are never rewritten. */
type Upcaster = (data: JsonObject) => JsonObject;

/**
 * By event type, the steps from version 1 on: the first converts version 1 to 2, the second 2 to 3, and so on. A type
 * with n steps is at version n + 1. Tests read golden files of every version back for ever.
 */
export const upcasters: Record<ConnectionEvent['type'], readonly Upcaster[]> = {
  ConnectionCreated: [inTheClear('name')],
  ConnectionActivated: [],
  ConnectionDeactivated: [inTheClear('reason')],
  ConnectionReturnedToPending: [inTheClear('reason')],
  ConnectionTextRedacted: [],
};

/** The names of all events. */
export const eventTypes = Object.keys(upcasters) as ConnectionEvent['type'][];

/** Converts data that holds a text in the clear: the text stays where it is, and its commitment is null. */
function inTheClear(name: string): Upcaster {
  return (data) => ({ ...data, [name]: data[name] as Json, [`${name}-commitment`]: null });
}

/** An event of a type or version that this code does not know. Skipping it would give a wrong state. */
export class UnknownEvent extends Error {}

/** The stored form of an event, with commitments in place of its texts. */
export function encode(event: ConnectionEvent, id: string, provenance: Provenance): EventToAppend {
  const { actor } = event;
  return {
    id,
    type: event.type,
    data: dataOf(event),
    metadata: {
      'schema-version': upcasters[event.type].length + 1,
      actor: { type: actor.type, id: actor.id, 'organization-id': actor.organizationId, role: actor.role },
      'occurred-at': event.occurredAt,
      'request-id': provenance.requestId,
      'correlation-id': provenance.correlationId,
      'causation-id': provenance.causationId,
      'idempotency-key': provenance.idempotencyKey,
    },
  };
}

/** New events never hold texts in the clear: what is in the log stays for ever. */
function commitmentIn(text: FreeText | null): string | null {
  if (text === null) return null;
  if ('commitment' in text) return text.commitment;
  throw new TypeError('A text is to be committed to before its event is stored.');
}

function dataOf(event: ConnectionEvent): JsonObject {
  switch (event.type) {
    case 'ConnectionCreated':
      return {
        'connection-id': event.connectionId,
        'source-organization-id': event.sourceOrganizationId,
        'destination-organization-id': event.destinationOrganizationId,
        'name-commitment': commitmentIn(event.name),
        scopes: event.scopes,
      };
    case 'ConnectionActivated':
      return {};
    case 'ConnectionDeactivated':
    case 'ConnectionReturnedToPending':
      return { 'reason-commitment': commitmentIn(event.reason) };
    case 'ConnectionTextRedacted':
      return { revision: event.revision, commitment: event.commitment };
  }
}

/**
 * Decodes a stored event into its present form.
 * @throws UnknownEvent for a type or version that this code does not know, and for an event that lacks what all of its
 * version have.
 */
export function decode(recorded: RecordedEvent, steps: typeof upcasters = upcasters): ConnectionEvent {
  const data = upcast(recorded, steps);
  const fact = factsOf(recorded, data);
  const occurredAt = factsOf(recorded, recorded.metadata)('occurred-at', isText);
  const freeText = (name: string): FreeText | null => {
    const commitment = fact(`${name}-commitment`, isCommitmentOrNull);
    if (commitment !== null) return { commitment };
    const text = Object.hasOwn(data, name) ? fact(name, isTextOrNull) : null;
    return text === null ? null : { text };
  };
  const type = recorded.type as ConnectionEvent['type'];
  switch (type) {
    case 'ConnectionCreated':
      return {
        type,
        connectionId: fact('connection-id', isText),
        sourceOrganizationId: fact('source-organization-id', isText),
        destinationOrganizationId: fact('destination-organization-id', isText),
        name: freeText('name'),
        scopes: fact('scopes', isTexts),
        actor: actorOf(recorded),
        occurredAt,
      };
    case 'ConnectionActivated':
      return { type, actor: actorOf(recorded), occurredAt };
    case 'ConnectionDeactivated':
    case 'ConnectionReturnedToPending':
      return { type, reason: freeText('reason'), actor: actorOf(recorded), occurredAt };
    case 'ConnectionTextRedacted':
      return {
        type,
        revision: fact('revision', isRevision),
        commitment: fact('commitment', isCommitment),
        actor: redactorOf(recorded),
        occurredAt,
      };
  }
}

function upcast({ stream, revision, type, data, metadata }: RecordedEvent, all: typeof upcasters): JsonObject {
  const steps = Object.hasOwn(all, type) ? all[type as ConnectionEvent['type']] : undefined;
  if (steps === undefined) {
    throw new UnknownEvent(`${stream}@${revision} is a ${JSON.stringify(type)}, which this version does not know.`);
  }
  const version = metadata['schema-version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > steps.length + 1) {
    throw new UnknownEvent(
      `${stream}@${revision} is a ${type} of schema version ${JSON.stringify(version)}; this version knows 1 to ${steps.length + 1}.`,
    );
  }
  return steps.slice(version - 1).reduce((lifted, step) => step(lifted), data);
}

/** The party that acted. */
function actorOf(recorded: RecordedEvent): Actor {
  const fact = factsOf(recorded, actorFactsOf(recorded));
  return {
    type: fact('type', isText) as Actor['type'],
    id: fact('id', isText),
    organizationId: fact('organization-id', isText),
    role: fact('role', isText) as Actor['role'],
  };
}

/** The party or the operator that redacted. */
function redactorOf(recorded: RecordedEvent): Actor | PlatformActor {
  const facts = actorFactsOf(recorded);
  if (facts['role'] !== 'platform') return actorOf(recorded);
  const fact = factsOf(recorded, facts);
  return {
    type: fact('type', isText) as Actor['type'],
    id: fact('id', isText),
    organizationId: fact('organization-id', isNull),
    role: 'platform',
  };
}

function actorFactsOf({ stream, revision, metadata: { actor } }: RecordedEvent): JsonObject {
  if (typeof actor === 'object' && actor !== null && !Array.isArray(actor)) return actor as JsonObject;
  throw new UnknownEvent(`${stream}@${revision} names no actor.`);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isCommitment = (value: unknown): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isCommitmentOrNull = (value: unknown): value is string | null => value === null || isCommitment(value);
const isRevision = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isNull = (value: unknown): value is null => value === null;
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** Reads and checks members of a stored object, so that nothing undefined is ever folded or projected. */
function factsOf({ stream, revision, type }: RecordedEvent, holder: JsonObject) {
  return <T extends Json>(name: string, is: (value: unknown) => value is T): T => {
    const value = holder[name];
    if (is(value)) return value;
    throw new UnknownEvent(`${stream}@${revision} is a ${type} without a proper ${JSON.stringify(name)}.`);
  };
}
