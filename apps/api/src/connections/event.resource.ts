import { Injectable } from '@nestjs/common';
import { type NameOf, organizationsIn } from '@connections/connection/domain/sentences';
import type { Comparison } from '@connections/connection/queries/compare-connection';
import type { HistoryEntry } from '@connections/connection/queries/get-connection-history';
import { differenceResourceOf, eventResourceOf } from '@connections/connection/resources';
import { Organizations } from '@connections/directory/organizations';
import type { JsonObject } from '@connections/event-store/event-store';

/** The resources of a connection's events, with sentences that name the organizations. */
@Injectable()
export class EventResources {
  constructor(private readonly organizations: Organizations) {}

  async of(connectionId: string, entries: readonly HistoryEntry[]): Promise<JsonObject[]> {
    const nameOf = await this.#namesIn(entries);
    return entries.map((entry) => eventResourceOf(connectionId, entry, nameOf));
  }

  async ofComparison(connectionId: string, comparison: Comparison): Promise<JsonObject> {
    return differenceResourceOf(connectionId, comparison, await this.#namesIn(comparison.entries));
  }

  async #namesIn(entries: readonly HistoryEntry[]): Promise<NameOf> {
    const names = await this.organizations.names(entries.flatMap(({ event }) => organizationsIn(event)));
    return (id) => names.get(id);
  }
}
