import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { treeProjection } from '@connections/audit/tree.projection';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { leaseOfProjection, leaseWhereShared } from '@connections/event-store/lease';
import type { Projection } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import type { Stores } from '@connections/host/stores';
import { feedProjection } from '@connections/notifications/feed.projection';

/** How long events collect before they go into the tree, in milliseconds, while nobody asks for a proof of them. */
const TREE_GATHERS_FOR = 100;
/** How long events collect before they go into feeds, in milliseconds: people should soon see them; nothing waits. */
const FEED_GATHERS_FOR = 50;

/** Feeds the projections from the log. */
export class Projectors {
  constructor(
    /** Serves single reads and lists; the service is not ready without it. */
    readonly connections: Projector,
    /** Serves proofs. Nothing else waits for it. */
    readonly tree: Projector,
    /** Serves feeds and live streams. Nothing else waits for it. */
    readonly feed: Projector,
  ) {}

  get all(): readonly Projector[] {
    return [this.connections, this.tree, this.feed];
  }

  /**
   * @returns once there is something to read, or once it is clear that a fault has to pass first. Until then no request
   * is refused for data that exists already: a client of a stream would take a refusal for the end, and not come back.
   */
  async start(): Promise<void> {
    const connections = this.connections.start();
    void this.tree.start();
    void this.feed.start();
    await Promise.all([connections, this.tree.looked(), this.feed.looked()]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((projector) => projector.stop()));
  }
}

export function projectorsOf(stores: Stores, log: Logger): Projectors {
  const process = randomUUID();
  const of = (projection: Projection, gatherFor = 0): Projector =>
    new Projector(
      stores.eventStore,
      stores.database.as(),
      projection,
      log,
      leaseWhereShared(stores.database.as(), leaseOfProjection(projection), process),
      gatherFor,
    );
  return new Projectors(
    of(connectionsProjection),
    of(treeProjection, TREE_GATHERS_FOR),
    of(feedProjection, FEED_GATHERS_FOR),
  );
}
