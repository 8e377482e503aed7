import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position, RecordedEvent } from '@connections/event-store/event-store';
import { hashOf } from '@connections/event-store/hash-chain';
import { ConnectionLog } from '../connection-log';
import { evolve, initial, type State } from '../domain/connection';
import { ConnectionNotFound } from '../domain/connection.errors';
import type { ConnectionEvent } from '../domain/connection.events';
import type { Status } from '../domain/lifecycle';
import { decode } from '../stored-events';
import { type Viewer, visibleTo } from './get-connection';

/** One thing that happened to a connection. */
export interface HistoryEntry {
  readonly event: ConnectionEvent;
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

export interface HistoryPage {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** The revision to continue after; null at the end. */
  readonly next: number | null;
}

/** What happened to a connection, oldest first, straight from the log. */
export class GetConnectionHistory extends Query<HistoryPage> {
  constructor(
    readonly connectionId: string,
    readonly viewer: Viewer,
    readonly size: number,
    /** The last revision seen already; -1 for the beginning. */
    readonly after: number = -1,
  ) {
    super();
  }
}

@QueryHandler(GetConnectionHistory)
export class GetConnectionHistoryHandler implements IQueryHandler<GetConnectionHistory> {
  constructor(private readonly connections: ConnectionLog) {}

  async execute({ connectionId, viewer, size, after }: GetConnectionHistory): Promise<HistoryPage> {
    const origin = await this.connections.origin(connectionId);
    if (origin === null || !visibleTo(viewer, origin)) throw new ConnectionNotFound();
    // One event before the page tells the status that the page starts from, one behind it whether there is more.
    const before = Math.max(0, after);
    const read: RecordedEvent[] = [];
    for await (const event of this.connections.history(connectionId, before, size + 1 + (after - before + 1)))
      read.push(event);
    let state: State = initial;
    const entries: HistoryEntry[] = [];
    for (const recorded of read) {
      const event = decode(recorded);
      const fromStatus = state?.status ?? null;
      state = evolve(state ?? origin, event);
      if (recorded.revision <= after || state === null) continue;
      entries.push(entryOf(recorded, event, fromStatus, state.status));
    }
    const page = entries.slice(0, size);
    return { entries: page, next: entries.length > size ? (page.at(-1)?.revision ?? null) : null };
  }
}

const entryOf = (
  { revision, position, metadata, ...recorded }: RecordedEvent,
  event: ConnectionEvent,
  fromStatus: Status | null,
  toStatus: Status,
): HistoryEntry => ({
  event,
  revision,
  fromStatus,
  toStatus,
  requestId: textOf(metadata['request-id']),
  correlationId: textOf(metadata['correlation-id']),
  position,
  hash: hashOf({ metadata, ...recorded }),
  previousHash: textOf(metadata['previous-hash']),
});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
