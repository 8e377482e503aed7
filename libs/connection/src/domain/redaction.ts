import { type Connection, evolve, initial, notBefore, type Party, rolesOf, type State } from './connection';
import { ConnectionNotFound, NoSuchEvent, NotItsAuthor, NothingWritten, WrittenInTheClear } from './connection.errors';
import {
  type Actor,
  type ConnectionEvent,
  type ConnectionTextRedacted,
  type PlatformActor,
  writtenIn,
} from './connection.events';
import type { FreeText } from './free-text';

/** A text that was written with an event. */
export interface Writing {
  /** The revision of the event. */
  readonly revision: number;
  readonly text: FreeText;
  readonly by: Actor;
  readonly isRedacted: boolean;
}

/** A connection with every text that was ever written about it: the state that a redaction is decided on. */
export interface Writings {
  readonly connection: State;
  /** The number of events. */
  readonly events: number;
  readonly all: readonly Writing[];
}

export const nothingWritten: Writings = { connection: initial, events: 0, all: [] };

/** Total, like `evolve`. */
export function noteWritings({ connection, events: revision, all }: Writings, event: ConnectionEvent): Writings {
  const next = { connection: evolve(connection, event), events: revision + 1 };
  if (event.type === 'ConnectionTextRedacted') {
    const redacted = all.map((it) => (it.revision === event.revision ? { ...it, isRedacted: true } : it));
    return { ...next, all: redacted };
  }
  const text = writtenIn(event);
  return { ...next, all: text === null ? all : [...all, { revision, text, by: event.actor, isRedacted: false }] };
}

/** Who asks for a redaction: the author of the text, or the operator. */
export type Redactor = Party | Omit<PlatformActor, 'role'>;

/**
 * Redacts the text that was written with the event at a revision. Only its author and the operator may. Redacting it
 * again changes nothing.
 * @throws ConnectionNotFound to a stranger; NoSuchEvent, NothingWritten, NotItsAuthor or WrittenInTheClear.
 */
export const redact =
  (revision: number, by: Redactor, at: string) =>
  ({ connection, events, all }: Writings): ConnectionTextRedacted[] => {
    const actor = actorIn(connection, by);
    if (connection === null) throw new ConnectionNotFound();
    if (revision >= events) throw new NoSuchEvent(revision);
    const writing = all.find((it) => it.revision === revision);
    if (writing === undefined) throw new NothingWritten(revision);
    if (actor.role !== 'platform' && writing.by.organizationId !== actor.organizationId)
      throw new NotItsAuthor(writing.by.role, actor.role);
    const { text } = writing;
    if (!('commitment' in text)) throw new WrittenInTheClear(revision);
    if (writing.isRedacted) return [];
    const { commitment } = text;
    return [{ type: 'ConnectionTextRedacted', revision, commitment, actor, occurredAt: notBefore(connection, at) }];
  };

/** @throws ConnectionNotFound to a stranger. */
export function actorIn(connection: Connection | null, by: Redactor): Actor | PlatformActor {
  const { organizationId } = by;
  if (organizationId === null) return { ...by, organizationId, role: 'platform' };
  const [role] = connection === null ? [] : rolesOf(connection, organizationId);
  if (role === undefined) throw new ConnectionNotFound();
  return { ...by, organizationId, role };
}
