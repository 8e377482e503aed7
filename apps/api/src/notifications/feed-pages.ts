import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetConnectionHistory } from '@connections/connection/queries/get-connection-history';
import type { JsonObject, Position } from '@connections/event-store/event-store';
import { Feed } from '@connections/notifications/feed';
import { EventResources } from '../connections/event.resource';

/** One event of a feed, as the API tells it. */
export interface FeedItem {
  readonly position: Position;
  readonly resource: JsonObject;
}

/** Feeds as the API tells them: where the events are is in the feed's table, and what happened in the log. */
@Injectable()
export class FeedPages {
  constructor(
    private readonly feed: Feed,
    private readonly queries: QueryBus,
    private readonly resources: EventResources,
  ) {}

  /** @param viewer an organization; null for everything there is. */
  async after(viewer: string | null, position: Position, limit: number): Promise<FeedItem[]> {
    const places = await this.feed.after(viewer, position, limit);
    return Promise.all(
      places.map(async ({ connectionId, revision, position: at }) => {
        const { entries } = await this.queries.execute(
          new GetConnectionHistory(connectionId, null, 1, revision === 0 ? null : revision - 1),
        );
        const [resource] = await this.resources.of(connectionId, entries);
        if (resource === undefined) throw new Error(`The log lacks revision ${revision} of ${connectionId}.`);
        return { position: at, resource };
      }),
    );
  }
}
