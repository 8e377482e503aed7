import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position, RecordedEvent } from '@connections/event-store/event-store';
import { hashOf } from '@connections/event-store/hash-chain';
import { ConnectionLog } from '../connection-log';
import { type Connection, evolve, initial, type State } from '../domain/connection';
import { ConnectionNotFound } from '../domain/connection.errors';
import { type ConnectionEvent, writtenIn } from '../domain/connection.events';
import { type FreeText, legible } from '../domain/free-text';
import { ruleOf, type Status, steps } from '../domain/lifecycle';
import { type ReadableText, redacted } from '../domain/sentences';
import { decode } from '../stored-events';
import { Texts } from '../texts';
import { type Viewer, visibleTo } from './get-connection';

/** One event in the history of a connection. */
export interface HistoryEntry {
  readonly event: ConnectionEvent;
  /** What the actor wrote: the name of a new connection, or the reason of a step. */
  readonly text: ReadableText;
  readonly revision: number;
  /** Null for the creation. */
  readonly fromStatus: Status | null;
  readonly toStatus: Status;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  /** Null if the store does not tell it. */
  readonly position: Position | null;
  readonly hash: string | null;
  readonly previousHash: string | null;
}

/** The conditions of a history query; all of them have to hold. */
export interface HistoryFilter {
  readonly events?: readonly ConnectionEvent['type'][] | undefined;
  /** The id of the actor, or of the organization that it acted for. */
  readonly actor?: string | undefined;
  /** ISO-8601 UTC, inclusive. */
  readonly occurredFrom?: string | undefined;
  readonly occurredTo?: string | undefined;
}

/** The orders of a history: a leading minus puts the newest first. */
export const historySorts = ['occurred-at', '-occurred-at'] as const;
export type HistorySort = (typeof historySorts)[number];

export interface HistoryPage {
  /** In the requested order. With a filter there may be fewer than requested, or none, even though more follow. */
  readonly entries: readonly HistoryEntry[];
  /** The revision after which to continue; null at the end. */
  readonly next: number | null;
}

/** The most events that a page with a filter looks at, however few of them match. */
const LOOKED_AT = 1_000;

/** The events of a connection, read from the log. */
export class GetConnectionHistory extends Query<HistoryPage> {
  constructor(
    readonly connectionId: string,
    readonly viewer: Viewer,
    readonly size: number,
    /** The last revision seen already, in the requested order; null for the beginning. */
    readonly after: number | null = null,
    readonly filter: HistoryFilter = {},
    readonly sort: HistorySort = 'occurred-at',
  ) {
    super();
  }
}

@QueryHandler(GetConnectionHistory)
export class GetConnectionHistoryHandler implements IQueryHandler<GetConnectionHistory> {
  constructor(
    private readonly connections: ConnectionLog,
    private readonly texts: Texts,
  ) {}

  async execute(query: GetConnectionHistory): Promise<HistoryPage> {
    const { entries, next } = await this.#page(query);
    const texts = await this.texts.disclosed(entries.map(({ event }) => writtenIn(event)));
    return { entries: entries.map((entry, index) => ({ ...entry, text: readable(texts[index] ?? null) })), next };
  }

  async #page({ connectionId, viewer, size, after, filter, sort }: GetConnectionHistory): Promise<HistoryPage> {
    const origin = await this.connections.origin(connectionId);
    if (origin === null || !visibleTo(viewer, origin)) throw new ConnectionNotFound();
    const lookedAt = Object.values(filter).every((value) => value === undefined) ? size : Math.max(size, LOOKED_AT);
    return sort === 'occurred-at'
      ? this.#oldestFirst(origin, size, after ?? -1, lookedAt, filter)
      : this.#newestFirst(origin, size, after ?? Number.MAX_SAFE_INTEGER, lookedAt, filter);
  }

  async #oldestFirst(
    origin: Connection,
    size: number,
    after: number,
    lookedAt: number,
    filter: HistoryFilter,
  ): Promise<HistoryPage> {
    const entries: HistoryEntry[] = [];
    // Reads one more event than fits, to tell whether there is more.
    for await (const entry of this.#entries(origin, after + 1, lookedAt + 1)) {
      const goesOn = { entries, next: entry.revision - 1 };
      if (entry.revision > after + lookedAt) return goesOn;
      // The times of a history never decrease, so no later event matches.
      if (filter.occurredTo !== undefined && entry.event.occurredAt > filter.occurredTo) break;
      if (!isMeant(filter, entry.event)) continue;
      if (entries.length === size) return goesOn;
      entries.push(entry);
    }
    return { entries, next: null };
  }

  /** The status before an event follows from the events before it, so even this order is read forwards. */
  async #newestFirst(
    origin: Connection,
    size: number,
    before: number,
    lookedAt: number,
    filter: HistoryFilter,
  ): Promise<HistoryPage> {
    if (before === 0) return { entries: [], next: null };
    const last = await this.#lastUpTo(origin, before - 1);
    const first = Math.max(0, last - lookedAt + 1);
    const meant: HistoryEntry[] = [];
    let isEarlyEnough = false;
    for await (const entry of this.#entries(origin, first, last - first + 1)) {
      const { occurredAt } = entry.event;
      isEarlyEnough ||= filter.occurredFrom !== undefined && occurredAt < filter.occurredFrom;
      if (isMeant(filter, entry.event)) meant.push(entry);
    }
    const entries = meant.reverse().slice(0, size);
    if (entries.length < meant.length) return { entries, next: entries.at(-1)?.revision ?? null };
    return { entries, next: first === 0 || isEarlyEnough ? null : first };
  }

  async #lastUpTo(origin: Connection, revision: number): Promise<number> {
    for await (const recorded of this.connections.backwards(origin.id, revision)) return recorded.revision;
    return -1;
  }

  async *#entries(origin: Connection, from: number, limit: number): AsyncIterable<HistoryEntry> {
    let state = await this.#stateAt(from - 1, origin);
    for await (const recorded of this.connections.history(origin.id, from, limit)) {
      const event = decode(recorded);
      const fromStatus = state?.status ?? null;
      state = evolve(state, event);
      if (state !== null) yield entryOf(recorded, event, fromStatus, state.status);
    }
  }

  /** The state before a page, as far as its status matters: set by the last event that sets a status. */
  async #stateAt(revision: number, origin: Connection): Promise<State> {
    if (revision < 0) return initial;
    for await (const recorded of this.connections.backwards(origin.id, revision)) {
      if (SETS_STATUS.has(recorded.type)) return evolve(origin, decode(recorded));
    }
    return origin;
  }
}

const SETS_STATUS = new Set<string>(steps.map((step) => ruleOf(step).event));

const isMeant = (
  { events, actor, occurredFrom, occurredTo }: HistoryFilter,
  { type, actor: { id, organizationId }, occurredAt }: ConnectionEvent,
): boolean =>
  (events === undefined || events.includes(type)) &&
  (actor === undefined || actor === id || actor === organizationId) &&
  (occurredFrom === undefined || occurredAt >= occurredFrom) &&
  (occurredTo === undefined || occurredAt <= occurredTo);

const entryOf = (
  { revision, position, metadata, ...recorded }: RecordedEvent,
  event: ConnectionEvent,
  fromStatus: Status | null,
  toStatus: Status,
): HistoryEntry => ({
  event,
  text: readable(writtenIn(event)),
  revision,
  fromStatus,
  toStatus,
  requestId: textOf(metadata['request-id']),
  correlationId: textOf(metadata['correlation-id']),
  position,
  hash: hashOf({ metadata, ...recorded }),
  previousHash: textOf(metadata['previous-hash']),
});

/** A text of which only the commitment is left was redacted. */
const readable = (text: FreeText | null): ReadableText => (text === null ? null : (legible(text) ?? redacted));

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
