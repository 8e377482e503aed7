import type * as EventStoreDb from '../../libs/event-store/src/eventstoredb/eventstoredb-event-store.ts';
import type * as Lease from '../../libs/event-store/src/lease.ts';
import type * as Projector from '../../libs/event-store/src/projector.ts';
import type * as Rebuild from '../../libs/event-store/src/rebuild.ts';
import { part } from './built.mts';

// The parts that only services on servers use, for those processes alone: they cost memory.
export const { EventStoreDbEventStore } = part(
  'event-store/src/eventstoredb/eventstoredb-event-store.js',
) as typeof EventStoreDb;
export const { Lease: ProjectionLease } = part('event-store/src/lease.js') as typeof Lease;
export const { Projector: BuiltProjector } = part('event-store/src/projector.js') as typeof Projector;
export const { createEmpty } = part('event-store/src/rebuild.js') as typeof Rebuild;
