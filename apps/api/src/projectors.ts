import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { treeProjection } from '@connections/audit/tree.projection';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { leaseOfProjection, leaseWhereShared } from '@connections/event-store/lease';
import type { Projection } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import type { Stores } from '@connections/host/stores';
import { feedProjection } from '@connections/notifications/feed.projection';

/** How long events gather before they go into the tree, in milliseconds, while nobody asks for a proof of them. */
const TREE_GATHERS_FOR = 100;
/** The same for feeds, which people look at: what happened is to be seen at once, but a command need not wait for it. */
const FEED_GATHERS_FOR = 50;

/** What feeds each projection from the log. */
export class Projectors {
  constructor(
    /** Reads and lists are answered from it; the service is not ready without it. */
    readonly connections: Projector,
    /** Proofs are made from it. It may take its time: nothing else waits for it. */
    readonly tree: Projector,
    /** Feeds and live streams are answered from it; nothing else waits for it. */
    readonly feed: Projector,
  ) {}

  get all(): readonly Projector[] {
    return [this.connections, this.tree, this.feed];
  }

  /**
   * @returns once there is something to read, or once it is clear that a fault has to pass first. Nobody is refused then
   * what was there before: who listens to a stream would take that for an end, and not come back.
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
