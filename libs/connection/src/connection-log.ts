import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { backwards } from '@connections/event-store/backwards';
import {
  EventStore,
  type EventToAppend,
  type Position,
  type RecordedEvent,
} from '@connections/event-store/event-store';
import { RECOGNISED_FOR, type RecordedRequest } from '@connections/event-store/recorded-requests';
import { EventSourcing, type Folded, type TransactOptions } from '@connections/event-store/event-sourcing';
import { type ConnectionNames, streamOf } from './connection-id';
import {
  type Connection,
  type Decision,
  evolve,
  initial,
  type Party,
  permitted,
  settles,
  type State,
} from './domain/connection';
import { ConnectionNotFound, StaleRevision } from './domain/connection.errors';
import type { ConnectionEvent } from './domain/connection.events';
import { actorIn, noteWritings, nothingWritten, redact, type Redactor, type Writings } from './domain/redaction';
import { ruleOf, type Step } from './domain/lifecycle';
import { isWithin, type Past } from './past';
import { decode, encode } from './stored-events';
import { type NewText, Texts } from './texts';

/** What every command carries besides its own attributes. */
export interface CommandContext<By = Party> {
  /** Who gave the command. */
  readonly by: By;
  readonly requestId: string;
  readonly correlationId: string;
  /** Identifies the request across its tries; null if it cannot be retried. */
  readonly attempt: {
    /** The idempotency key. */
    readonly key: string;
    /** See `TransactOptions`. */
    readonly unlessOvertaken: () => Promise<void>;
  } | null;
  /** The revisions that the caller accepts; null for any. */
  readonly ifMatch: readonly number[] | null;
  /** Decide as usual, but write nothing. */
  readonly dryRun: boolean;
}

/** A connection at a revision. */
export interface ConnectionAt {
  readonly connection: Connection;
  readonly revision: number;
}

/** A connection at a revision, with the hash of its last event, which stands for its whole history. */
export interface ProvenConnection extends ConnectionAt {
  readonly hash: string | null;
}

/** A view of the log, taken at one moment. */
export interface Look {
  /** Equal to that of an earlier look if nothing was appended in between. */
  readonly version: number;
  /**
   * The connections as they were at that moment, or as they are by now; null if there is none. @throws StoreUnavailable
   */
  readonly of: (connections: readonly ConnectionNames[]) => Promise<(ProvenConnection | null)[]>;
}

export interface CommandOutcome extends ConnectionAt {
  /** The position that readers have to reach to see the effect; null when nothing was written. */
  readonly position: Position | null;
}

/** The connections as recorded in the log. Every decision, and every read of a history, goes through here. */
@Injectable()
export class ConnectionLog {
  readonly #connections: EventSourcing<State, ConnectionEvent>;

  constructor(
    private readonly store: EventStore,
    private readonly texts: Texts,
  ) {
    this.#connections = new EventSourcing(store, { initial, evolve, decode, requestOf, settles });
  }

  /**
   * Takes a step.
   * @param text the text that the decision commits to; stored durably before the event is appended.
   * @returns the connection, with its name unless that was redacted.
   * @throws a Refusal, StoreUnavailable or DatabaseUnavailable.
   */
  async take(
    step: Step,
    connectionId: string,
    decision: Decision,
    context: CommandContext,
    text: NewText | null = null,
  ): Promise<CommandOutcome> {
    const { ifMatch, dryRun, by } = context;
    // A dry run reads the whole history, and a stranger must not learn from the time that takes.
    if (dryRun && step !== 'create') permitted(step, by.organizationId, await this.origin(connectionId));
    const { state, revision, position } = await this.#connections.transact(
      streamOf(connectionId),
      (current, at) => {
        if (ifMatch !== null && step !== 'create') {
          const { connection } = permitted(step, by.organizationId, current);
          if (!ifMatch.includes(at)) throw new StaleRevision(at, connection.status);
        }
        return decision(current);
      },
      {
        ...recordingOf(ruleOf(step).event, context),
        beside:
          text === null
            ? undefined
            : { keep: () => this.texts.keep(text), discard: () => this.texts.remove([text.commitment]) },
        presumeNew: step === 'create',
        dryRun,
      },
    );
    if (state === null) throw new ConnectionNotFound();
    const connection = isNamed(state, text) ? { ...state, name: { text: text.text } } : await this.texts.named(state);
    return { connection, revision, position };
  }

  /**
   * Removes, for all readers, the text that was written with the event at a revision.
   * @throws a Refusal, StoreUnavailable or DatabaseUnavailable.
   */
  async redact(
    connectionId: string,
    revision: number,
    context: CommandContext<Redactor>,
    at: string,
  ): Promise<CommandOutcome> {
    const { ifMatch, dryRun, by } = context;
    // What follows reads the whole history, and a stranger must not learn from the time that takes.
    actorIn(await this.origin(connectionId), by);
    const decision = redact(revision, by, at);
    // Redactions are too rare for their state to be worth caching.
    const writings = new EventSourcing<Writings, ConnectionEvent>(this.store, {
      initial: nothingWritten,
      evolve: noteWritings,
      decode,
      requestOf,
    });
    const { state, position, ...after } = await writings.transact(
      streamOf(connectionId),
      (current, now) => {
        const { connection } = current;
        if (connection !== null && ifMatch !== null && !ifMatch.includes(now)) {
          throw new StaleRevision(now, connection.status);
        }
        return decision(current);
      },
      { ...recordingOf('ConnectionTextRedacted', context), dryRun },
    );
    if (state.connection === null) throw new ConnectionNotFound();
    const gone = state.all.flatMap((it) => (it.isRedacted && 'commitment' in it.text ? it.text.commitment : []));
    if (!dryRun) await this.texts.remove(gone);
    return { connection: await this.texts.named(state.connection), revision: after.revision, position };
  }

  /** A connection as it is now, or as it was while `until` accepted its events. */
  async load(connectionId: string, until?: (event: RecordedEvent) => boolean): Promise<ProvenConnection | null> {
    return provenOf(await this.#connections.load(streamOf(connectionId), until));
  }

  /** A connection as it was at several times, null where it did not exist yet; its history is read once. */
  async at(connectionId: string, pasts: readonly Past[]): Promise<(ProvenConnection | null)[]> {
    const untils = pasts.map(
      (past) =>
        (event: RecordedEvent): boolean =>
          isWithin(past, event),
    );
    return (await this.#connections.loadEach(streamOf(connectionId), untils)).map(provenOf);
  }

  /**
   * Looks at the log: sees every command, by any process, that was answered before this call.
   * @param connections how many connections will be asked for.
   * @throws StoreUnavailable
   */
  async look(connections: number): Promise<Look> {
    const { version, of } = await this.#connections.look(connections);
    return { version, of: async (asked) => (await of(asked.map(({ stream }) => stream))).map(provenOf) };
  }

  /** A connection as it was created, which tells its parties; reads a single event. */
  async origin(connectionId: string): Promise<Connection | null> {
    for await (const first of this.store.read(streamOf(connectionId), { limit: 1 }))
      return evolve(initial, decode(first));
    return null;
  }

  /** The stored events of a connection, oldest first, from a revision on. */
  history(connectionId: string, from: number, limit: number): AsyncIterable<RecordedEvent> {
    return this.store.read(streamOf(connectionId), { from, limit });
  }

  /** The stored events of a connection, newest first, from a revision on, or from the last one if that is earlier. */
  backwards(connectionId: string, from: number): AsyncIterable<RecordedEvent> {
    return backwards(this.store, streamOf(connectionId), from);
  }
}

const provenOf = ({ state, revision, hash }: Folded<State>): ProvenConnection | null =>
  state === null ? null : { connection: state, revision, hash };

/** Whether the connection's name is the text that was just written. */
const isNamed = ({ name }: Connection, text: NewText | null): text is NewText =>
  text !== null && name !== null && 'commitment' in name && name.commitment === text.commitment;

/** How the events of a request are stored, and how a retry of it is recognised. */
function recordingOf(
  event: ConnectionEvent['type'],
  { requestId, correlationId, attempt, by }: CommandContext<Redactor>,
): Pick<TransactOptions<ConnectionEvent>, 'encode' | 'request' | 'unlessOvertaken'> {
  const provenance = { requestId, correlationId, causationId: requestId, idempotencyKey: attempt?.key ?? null };
  const recording = { encode: (decided: ConnectionEvent) => encode(decided, randomUUID(), provenance) };
  if (attempt === null) return recording;
  const marker = markerOf(event, by.organizationId, attempt.key);
  const { unlessOvertaken } = attempt;
  return { ...recording, unlessOvertaken, request: { marker, since: Date.now() - RECOGNISED_FOR } };
}

/** Within a stream, a request is identified by its step, the organization, and the key that it chose. */
const markerOf = (event: string, organizationId: string | null, idempotencyKey: string): string =>
  `${event} ${organizationId ?? 'platform'} ${idempotencyKey}`;

/** The request that a stored event records as its origin. */
function requestOf({ type, metadata }: EventToAppend): RecordedRequest | null {
  const { 'idempotency-key': key, 'occurred-at': at, actor } = metadata;
  if (typeof key !== 'string') return null;
  const { 'organization-id': organizationId } = actor as { 'organization-id': string | null };
  return { marker: markerOf(type, organizationId, key), at: Date.parse(at as string) };
}
