import { Injectable } from '@nestjs/common';
import { organizationsIn } from '@connections/connection/domain/sentences';
import type { HistoryEntry } from '@connections/connection/queries/get-connection-history';
import { eventResourceOf } from '@connections/connection/resources';
import { Organizations } from '@connections/directory/organizations';
import type { JsonObject } from '@connections/event-store/event-store';

/** The resources of what happened to a connection, in sentences with the names of the organizations. */
@Injectable()
export class EventResources {
  constructor(private readonly organizations: Organizations) {}

  async of(connectionId: string, entries: readonly HistoryEntry[]): Promise<JsonObject[]> {
    const names = await this.organizations.names(entries.flatMap(({ event }) => organizationsIn(event)));
    return entries.map((entry) => eventResourceOf(connectionId, entry, (id) => names.get(id)));
  }
}
