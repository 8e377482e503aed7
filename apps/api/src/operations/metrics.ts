import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { SharingReason } from '@connections/connection/domain/sharing';
import { Database } from '@connections/database/database';
import { EventStore } from '@connections/event-store/event-store';
import { Signing } from '../audit/signing';
import { Projectors } from '../projectors';
import { registerAuditMetrics } from './audit-metrics';
import { Probes } from './probes';
import { registerStoreMetrics } from './store-metrics';

/** The service's own counters. */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by route, method and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [this.#registry],
  });
  readonly #seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to its answer.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.#registry],
  });

  readonly #shareChecks = new Counter({
    name: 'share_checks_total',
    help: 'Share checks answered, by reason.',
    labelNames: ['reason'],
    registers: [this.#registry],
  });

  readonly #remembered = new Counter({
    name: 'http_reads_remembered_total',
    help: 'Reads that were answered as they had been answered before, since nothing was written in between.',
    registers: [this.#registry],
  });

  /** The counters by their labels, created on first use; there are only so many routes, statuses and reasons. */
  readonly #counters = new Map<string, Counter.Internal>();
  readonly #reasons = new Map<string, Counter.Internal>();

  constructor(
    eventStore: EventStore,
    database: Database<unknown>,
    projectors: Projectors,
    signing: Signing,
    probes: Probes,
  ) {
    collectDefaultMetrics({ register: this.#registry });
    registerStoreMetrics(this.#registry, { eventStore, database, projectors: projectors.all }, probes);
    registerAuditMetrics(this.#registry, signing, probes);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  scrape(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts a server's answers. Routes are labelled by their pattern, so that ids never become labels. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.#counter(request.method, route, reply.statusCode).inc();
      this.#seconds.observe(reply.elapsedTime / 1_000);
      done();
    });
  }

  countRemembered(): void {
    this.#remembered.inc();
  }

  countShareChecks(reason: SharingReason, count: number): void {
    const known = this.#reasons.get(reason) ?? this.#shareChecks.labels({ reason });
    this.#reasons.set(reason, known);
    known.inc(count);
  }

  #counter(method: string, route: string, status: number): Counter.Internal {
    const key = `${method} ${route} ${status}`;
    const known = this.#counters.get(key);
    if (known) return known;
    const counter = this.#requests.labels({ method, route, status });
    this.#counters.set(key, counter);
    return counter;
  }
}
