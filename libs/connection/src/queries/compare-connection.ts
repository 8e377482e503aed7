import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ConnectionLog, type ProvenConnection } from '../connection-log';
import { ConnectionNotFound } from '../domain/connection.errors';
import { hasReached, NotThen, type Past } from '../past';
import { Texts } from '../texts';
import { GetConnectionHistory, GetConnectionHistoryHandler, type HistoryEntry } from './get-connection-history';
import { type Viewer, visibleTo } from './get-connection';

/** A connection at two times; null where it did not exist yet. */
export interface Comparison {
  readonly from: ProvenConnection | null;
  readonly to: ProvenConnection | null;
  /** What happened in between, oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** The revision after which there are more entries; null when these are all. */
  readonly next: number | null;
}

/** The end of a comparison comes before its beginning. */
export class WrongOrder extends Error {
  constructor() {
    super('The end of the comparison comes before its beginning; exchange the two.');
  }
}

/** The most entries that are listed. */
const TOLD = 100;

/** Now, as a revision. */
const LAST: Past = { revision: Number.MAX_SAFE_INTEGER };

/** Compares a connection at two past times and lists what happened in between, read from the log. */
export class CompareConnection extends Query<Comparison> {
  constructor(
    readonly connectionId: string,
    readonly viewer: Viewer,
    readonly from: Past,
    /** Null for now. */
    readonly to: Past | null = null,
  ) {
    super();
  }
}

@QueryHandler(CompareConnection)
export class CompareConnectionHandler implements IQueryHandler<CompareConnection> {
  constructor(
    private readonly connections: ConnectionLog,
    private readonly texts: Texts,
    private readonly history: GetConnectionHistoryHandler,
  ) {}

  /** @throws ConnectionNotFound, NotThen, WrongOrder */
  async execute({ connectionId, viewer, from: start, to: end }: CompareConnection): Promise<Comparison> {
    const origin = await this.connections.origin(connectionId);
    if (origin === null || !visibleTo(viewer, origin)) throw new ConnectionNotFound();
    const [from = null, to = null] = await this.connections.at(connectionId, [start, end ?? LAST]);
    if (!hasReached(start, from?.revision ?? -1)) throw new NotThen(start, 'from');
    if (end !== null && !hasReached(end, to?.revision ?? -1)) throw new NotThen(end, 'to');
    const [first, last] = [from?.revision ?? -1, to?.revision ?? -1];
    if (first > last || (end !== null && 'asOf' in start && 'asOf' in end && start.asOf > end.asOf)) {
      throw new WrongOrder();
    }
    const told = Math.min(last - first, TOLD);
    const { entries } =
      told === 0
        ? { entries: [] }
        : await this.history.execute(new GetConnectionHistory(connectionId, viewer, told, first));
    return {
      from: await this.#named(from),
      to: await this.#named(to),
      entries,
      next: first + told < last ? first + told : null,
    };
  }

  async #named(at: ProvenConnection | null): Promise<ProvenConnection | null> {
    return at && { ...at, connection: await this.texts.named(at.connection) };
  }
}
