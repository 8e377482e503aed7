import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { RecordedEvent } from '@connections/event-store/event-store';
import { expectedHash } from '@connections/event-store/hash-chain';
import { legalSteps } from '../support/legal-steps';
import type { Attempt } from './burst';

/** A connection as its stored events leave it, in the words of the read model's columns. */
export interface Folded {
  id: string;
  revision: number;
  created_position: string;
  source_organization_id: string;
  destination_organization_id: string;
  name: null;
  name_commitment: string | null;
  scopes: string;
  status: string;
  creator_id: string;
  creator_type: string;
  deactivated_by: string | null;
  created_at: string;
  updated_at: string;
}

interface Row extends Omit<RecordedEvent, 'data' | 'metadata' | 'position'> {
  readonly position: number;
  readonly data: string;
  readonly metadata: string;
}

interface Metadata {
  readonly 'previous-hash': string | null;
  readonly hash: string;
  readonly 'correlation-id': string;
  readonly 'request-id': string;
  readonly 'idempotency-key': string | null;
  readonly 'occurred-at': string;
  readonly actor: { readonly id: string; readonly type: string; readonly role: string };
}

/** Reads the log from its file, event by event, and holds it against everything that clients were answered. */
export class LogAudit {
  /** By stream. */
  readonly connections = new Map<string, Folded>();
  /** Every one that an event holds. */
  readonly commitments = new Set<string>();
  readonly #hashes = new Map<string, string>();
  readonly #events = new Map<
    string,
    { readonly id: string; readonly revision: number; readonly requestId: string }[]
  >();
  #position = 0;

  constructor(private readonly dataDir: string) {}

  /** The position of the last event read, as the API writes it. */
  get head(): string {
    return positionOf(this.#position);
  }

  /** Reads what is new: whole, in order, chained, and each event a legal step. */
  readOn(): void {
    const log = new SqliteDatabase(join(this.dataDir, 'events.sqlite'), { readonly: true });
    try {
      const rows = log.prepare<[number], Row>('select * from events where position > ? order by position');
      for (const row of rows.iterate(this.#position)) this.#take(row);
    } finally {
      log.close();
    }
  }

  /** Each attempt has left exactly what it was answered; one without an answer, at most one event. */
  expectAnswersOf(attempts: readonly Attempt[]): void {
    for (const { name, kind, answer } of attempts) {
      const events = this.#events.get(name) ?? [];
      const found = events.map(({ id, revision }) => `${id}@${revision}`);
      if (kind === 'organization' || kind === 'api-key') {
        expect({ name, found }).toEqual({ name, found: [] });
      } else if (answer === null) {
        expect(found.length).toBeLessThanOrEqual(1);
      } else {
        const { status, body, headers } = answer;
        const told = status < 300 ? [`${body.data.id}@${headers.get('etag')?.replaceAll('"', '')}`] : [];
        expect({ name, status, found }).toEqual({ name, status, found: told });
        expect([200, 201, 403, 409]).toContain(status);
      }
    }
  }

  /** Every event of a burst was asked for by somebody. */
  expectNothingElseSince(known: ReadonlySet<string>, attempts: readonly Attempt[]): void {
    const names = new Set(attempts.map(({ name }) => name));
    const others = [...this.#events.keys()].filter((name) => !names.has(name) && !known.has(name));
    expect(others).toEqual([]);
  }

  get correlationIds(): ReadonlySet<string> {
    return new Set(this.#events.keys());
  }

  #take({ data: dataText, metadata: metadataText, ...row }: Row): void {
    const where = `${row.stream}@${row.revision}`;
    const before = this.connections.get(row.stream);
    const data = JSON.parse(dataText) as Record<string, unknown>;
    const metadata = JSON.parse(metadataText) as Metadata;
    const position = positionOf(row.position);
    expect([where, row.position]).toEqual([where, this.#position + 1]);
    expect([where, row.revision]).toEqual([where, (before?.revision ?? -1) + 1]);
    expect([where, metadata['previous-hash']]).toEqual([where, this.#hashes.get(row.stream) ?? null]);
    const recorded = { ...row, data, metadata, position } as unknown as RecordedEvent;
    expect([where, metadata.hash]).toEqual([where, expectedHash(recorded)]);
    const step = legalSteps.find(
      ([from, event, by]) => from === (before?.status ?? null) && event === row.type && by === metadata.actor.role,
    );
    if (step === undefined) throw new Error(`${where} is a ${row.type} of a connection that is ${before?.status}`);
    this.#position = row.position;
    for (const name of ['name-commitment', 'reason-commitment'])
      if (typeof data[name] === 'string') this.commitments.add(data[name]);
    this.#hashes.set(row.stream, metadata.hash);
    this.connections.set(row.stream, folded(before, { row, data, metadata, position, status: step[3] }));
    const id = `cxn_${row.stream.slice('connection-'.length)}`;
    const event = { id, revision: row.revision, requestId: metadata['request-id'] };
    this.#events.set(metadata['correlation-id'], [...(this.#events.get(metadata['correlation-id']) ?? []), event]);
  }
}

function folded(
  before: Folded | undefined,
  event: {
    readonly row: Pick<Row, 'revision' | 'type'>;
    readonly data: Record<string, unknown>;
    readonly metadata: Metadata;
    readonly position: string;
    readonly status: string;
  },
): Folded {
  const { row, data, metadata, position, status } = event;
  const changed = {
    revision: row.revision,
    status,
    updated_at: metadata['occurred-at'],
    deactivated_by: row.type === 'ConnectionDeactivated' ? metadata.actor.role : null,
  };
  if (before !== undefined) return { ...before, ...changed };
  return {
    ...changed,
    id: data['connection-id'] as string,
    created_position: position,
    source_organization_id: data['source-organization-id'] as string,
    destination_organization_id: data['destination-organization-id'] as string,
    name: null,
    name_commitment: data['name-commitment'] as string | null,
    scopes: JSON.stringify(data['scopes']),
    creator_id: metadata.actor.id,
    creator_type: metadata.actor.type,
    created_at: metadata['occurred-at'],
  };
}

const positionOf = (position: number): string => String(position).padStart(16, '0');
