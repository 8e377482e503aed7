import { Counter, Gauge, type Registry } from 'prom-client';
import type { Database, Pool } from '@connections/database/database';
import { type EventStore, START, type StoreCounters } from '@connections/event-store/event-store';
import type { Projector, ProjectorStatus } from '@connections/event-store/projector';
import type { Probe } from './probe';
import type { Probes } from './probes';

/** Metrics about the log, the database and the projections; a scrape works even while one of them is unavailable. */
export function registerStoreMetrics(
  registry: Registry,
  stores: {
    readonly eventStore: EventStore;
    readonly database: Database<unknown>;
    readonly projectors: readonly Projector[];
  },
  probes: Probes,
): void {
  const { eventStore, database, projectors } = stores;
  // First, so that it is read before the queries below wait for a connection themselves.
  if (database.engine.pool !== undefined) registerPool(registry, database.engine.pool);
  registerUp(registry, 'event_store', 'the event store', probes.eventStore);
  registerUp(registry, 'database', 'the database', probes.database);
  registerLog(registry, eventStore, projectors, probes);
  registerState(registry, projectors);
  if (eventStore.counters !== null) registerCounters(registry, eventStore);
}

function registerUp(registry: Registry, name: string, what: string, probe: Probe<unknown>): void {
  new Gauge({
    name: `${name}_up`,
    help: `1 while ${what} answers in time, else 0.`,
    registers: [registry],
    async collect() {
      this.set(
        await probe.ask().then(
          () => 1,
          () => 0,
        ),
      );
    },
  });
}

/** While the log cannot be asked, no size is better than an old one. */
function registerLog(
  registry: Registry,
  eventStore: EventStore,
  projectors: readonly Projector[],
  probes: Probes,
): void {
  const { unit } = eventStore;
  const Unit = unit === 'events' ? 'Events' : 'Bytes';
  const head = (): Promise<string | null> => probes.eventStore.ask().catch(() => null);
  new Gauge({
    name: `projection_lag_${unit}`,
    help: `${Unit} of the log that readers cannot see yet.`,
    labelNames: ['projection'],
    registers: [registry],
    async collect() {
      this.reset();
      const end = await head();
      if (end === null) return;
      for (const { status } of projectors) {
        this.set({ projection: status.name }, eventStore.distance(status.position, end));
      }
    },
  });
  new Gauge({
    name: `event_log_${unit}`,
    help: `${Unit} in the log.`,
    registers: [registry],
    async collect() {
      this.remove();
      const end = await head();
      if (end !== null) this.set(eventStore.distance(START, end));
    },
  });
}

const STATES = Object.keys({
  starting: true,
  running: true,
  standby: true,
  retrying: true,
  faulted: true,
  stopped: true,
} satisfies Record<ProjectorStatus['state'], true>);

function registerState(registry: Registry, projectors: readonly Projector[]): void {
  new Gauge({
    name: 'projection_state',
    help: '1 for the state that the projection has in this process: running where it is fed, standby where another process does.',
    labelNames: ['projection', 'state'],
    registers: [registry],
    collect() {
      for (const { status } of projectors) {
        for (const state of STATES) this.set({ projection: status.name, state }, state === status.state ? 1 : 0);
      }
    },
  });
}

const MENDED: Readonly<Record<keyof StoreCounters, readonly [name: string, help: string]>> = {
  appendRetries: ['append_retries', 'Appends that were sent once more.'],
  readRetries: ['read_retries', 'Reads that were begun anew or continued.'],
  drops: ['subscription_drops', 'Subscriptions that were interrupted.'],
  rebuilds: ['client_rebuilds', 'Connections to the event store that were given up for a new one.'],
};

function registerCounters(registry: Registry, eventStore: EventStore): void {
  for (const [counter, [name, help]] of Object.entries(MENDED)) {
    new Counter({
      name: `event_store_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(eventStore.counters?.[counter as keyof StoreCounters] ?? 0);
      },
    });
  }
}

function registerPool(registry: Registry, pool: Pool): void {
  new Gauge({
    name: 'database_connections',
    help: 'Connections to the database that this process has.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
    },
  });
  new Gauge({
    name: 'database_connection_waiters',
    help: 'Requests that wait for a connection to the database.',
    registers: [registry],
    collect() {
      this.set(pool.waitingCount);
    },
  });
}
