import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetConnectionHistory, type HistoryEntry } from '@connections/connection/queries/get-connection-history';
import { type JsonObject, type Position, START } from '@connections/event-store/event-store';
import { Feed, type FeedPlace } from '@connections/notifications/feed';
import { EventResources } from '../connections/event.resource';
import { FeedFreshness } from '../http/freshness';
import { ProblemError } from '../http/problems';
import { type FeedMark, markOf, type Named } from './feed-cursor';

/** One event of a feed, in the API's form. */
export interface FeedItem {
  readonly mark: FeedMark;
  readonly resource: JsonObject;
}

/** Reads feeds: the places of events from the feed's table, and their content from the log. */
@Injectable()
export class FeedPages {
  constructor(
    private readonly feed: Feed,
    private readonly queries: QueryBus,
    private readonly resources: EventResources,
    private readonly freshness: FeedFreshness,
  ) {}

  /** @param viewer an organization; null for all events. */
  async after(viewer: string | null, position: Position, limit: number): Promise<FeedItem[]> {
    const places = await this.feed.after(viewer, position, limit);
    return Promise.all(
      places.map(async (place) => {
        const entry = await this.#entryAt(place);
        const [resource] = await this.resources.of(place.connectionId, [entry]);
        return { mark: markOf(place.position, entry.hash), resource: resource as JsonObject };
      }),
    );
  }

  /** The present end of the feed of all events. */
  async end(): Promise<FeedMark> {
    const place = await this.feed.last();
    return place === null ? markOf(START, null) : this.#markOf(place);
  }

  /**
   * Checks that the event a client has seen last is still in its place. In a log restored from an older copy it may not
   * be, and then the client would miss what happened in place of the lost events.
   * @throws ProblemError when it is not there, or not yet.
   */
  async find({ position, hash }: FeedMark, { name, code, source }: Named): Promise<void> {
    await this.freshness.see(position, source, `${name} names what cannot be seen yet. Try again.`);
    if (hash === null) return;
    const place = await this.feed.at(position);
    if (place !== null && (await this.#markOf(place)).hash === hash) return;
    const details = `${name} names an event that is not there: the log was restored from an older copy, and others took its place. Begin anew without it; whatever you have seen already has the id that it had.`;
    throw new ProblemError({ code, details, source });
  }

  async #markOf(place: FeedPlace): Promise<FeedMark> {
    return markOf(place.position, (await this.#entryAt(place)).hash);
  }

  async #entryAt({ connectionId, revision }: FeedPlace): Promise<HistoryEntry> {
    const { entries } = await this.queries.execute(
      new GetConnectionHistory(connectionId, null, 1, revision === 0 ? null : revision - 1),
    );
    const [entry] = entries;
    if (entry === undefined) throw new Error(`The log lacks revision ${revision} of ${connectionId}.`);
    return entry;
  }
}
