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

/** One thing that happened to a connection. */
export interface HistoryEntry {
  readonly event: ConnectionEvent;
  /** What the actor wrote: the name of what was created, or the reason of a step. */
  readonly text: ReadableText;
  readonly revision: number;
  /** Null for the creation. */
  readonly fromStatus: Status | null;
  readonly toStatus: Status;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  /** Null where the store does not tell it. */
  readonly position: Position | null;
  readonly hash: string | null;
  readonly previousHash: string | null;
}

/** What has to be true of an event; all of it. */
export interface HistoryFilter {
  readonly events?: readonly ConnectionEvent['type'][] | undefined;
  /** The id of the actor, or of the organization that it acted for. */
  readonly actor?: string | undefined;
  /** ISO-8601 UTC, inclusive. */
  readonly occurredFrom?: string | undefined;
  readonly occurredTo?: string | undefined;
}

export interface HistoryPage {
  /** Oldest first. With a filter there may be fewer than asked for, or none, and more behind them all the same. */
  readonly entries: readonly HistoryEntry[];
  /** The revision to continue after; null at the end. */
  readonly next: number | null;
}

/** A page with a filter looks at so many events at most, however few of them it finds. */
const LOOKED_AT = 1_000;

/** What happened to a connection, oldest first, straight from the log. */
export class GetConnectionHistory extends Query<HistoryPage> {
  constructor(
    readonly connectionId: string,
    readonly viewer: Viewer,
    readonly size: number,
    /** The last revision seen already; -1 for the beginning. */
    readonly after: number = -1,
    readonly filter: HistoryFilter = {},
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

  async #page({ connectionId, viewer, size, after, filter }: GetConnectionHistory): Promise<HistoryPage> {
    const origin = await this.connections.origin(connectionId);
    if (origin === null || !visibleTo(viewer, origin)) throw new ConnectionNotFound();
    const lookedAt = Object.values(filter).every((value) => value === undefined) ? size : Math.max(size, LOOKED_AT);
    let state = await this.#stateAt(after, origin);
    const entries: HistoryEntry[] = [];
    // The event behind the page tells that there is more.
    for await (const recorded of this.connections.history(connectionId, after + 1, lookedAt + 1)) {
      const goesOn = { entries, next: recorded.revision - 1 };
      if (recorded.revision > after + lookedAt) return goesOn;
      const event = decode(recorded);
      // A history never runs backwards, so nothing behind this one is early enough.
      if (filter.occurredTo !== undefined && event.occurredAt > filter.occurredTo) break;
      const fromStatus = state?.status ?? null;
      state = evolve(state, event);
      if (state === null || !isMeant(filter, event)) continue;
      if (entries.length === size) return goesOn;
      entries.push(entryOf(recorded, event, fromStatus, state.status));
    }
    return { entries, next: null };
  }

  /** What a page behind a revision starts from, as far as the status goes: the last event that set it is enough. */
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
  { events, actor, occurredFrom }: HistoryFilter,
  { type, actor: { id, organizationId }, occurredAt }: ConnectionEvent,
): boolean =>
  (events === undefined || events.includes(type)) &&
  (actor === undefined || actor === id || actor === organizationId) &&
  (occurredFrom === undefined || occurredAt >= occurredFrom);

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

/** A text that only its commitment is left of was redacted. */
const readable = (text: FreeText | null): ReadableText => (text === null ? null : (legible(text) ?? redacted));

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
