import { Injectable } from '@nestjs/common';
import { Database } from '@connections/database/database';
import { EventStore, type Position } from '@connections/event-store/event-store';
import { Configuration } from '@connections/host/configuration';
import { placeNames } from '@connections/host/place-names';
import { Projectors } from '../projectors';
import { Probe } from './probe';

/** Probes of the parts that the service depends on. */
@Injectable()
export class Probes {
  /** Its answer is the position of the last event, or, behind that, where the projection is. */
  readonly eventStore: Probe<Position>;
  readonly database: Probe<unknown>;

  constructor(
    eventStore: EventStore,
    database: Database<unknown>,
    projectors: Projectors,
    configuration: Configuration,
  ) {
    const places = placeNames(configuration);
    this.eventStore = new Probe(places.log, () => eventStore.head(projectors.connections.status.position));
    this.database = new Probe(places.database, () => database.probe());
  }
}
