import { Injectable } from '@nestjs/common';
import { Database } from '@connections/database/database';
import { EventStore, type Position } from '@connections/event-store/event-store';
import { Configuration } from '@connections/host/configuration';
import { placeNames } from '@connections/host/place-names';
import { Projectors } from '../projectors';
import { Probe } from './probe';

/** The parts that the service cannot do without. */
@Injectable()
export class Probes {
  /** Answers the position of the last event, or how far the projection has come behind it. */
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
