import { connectionIdOf, streamOf } from '@connections/connection/connection-id';
import type { JsonObject } from '@connections/event-store/event-store';
import { MemoryLog } from './memory-log';

/** A whole number from 0 to `below` - 1. */
export type Chance = (below: number) => number;

const NAMES = ['Acme', 'Globex "West"', '=1+1', 'Ünïcode, Ltd. 🤝', 'org', '"subject":"x"'];
const TEXTS = ['Partner', 'A "quoted", long\nreason', ',"event-metadata":{}', '🤝', ' ', '\\'];

type Status = 'pending' | 'active' | 'inactive';

/** The events that can happen to a connection in each status, and the status that follows. */
const STEPS: Record<Status, readonly (readonly [type: string, status: Status])[]> = {
  pending: [
    ['ConnectionActivated', 'active'],
    ['ConnectionDeactivated', 'inactive'],
  ],
  active: [['ConnectionDeactivated', 'inactive']],
  inactive: [['ConnectionReturnedToPending', 'pending']],
};

interface Living {
  readonly stream: string;
  readonly source: string;
  readonly destination: string;
  status: Status;
}

/** A log of `size` events, of both versions, with names, texts and redactions. */
export function randomLog(chance: Chance, size: number, organizations = 4): MemoryLog {
  const log = new MemoryLog();
  const living: Living[] = [];
  const taken = new Set<string>();
  for (let at = 0; at < organizations; at += 1) {
    if (chance(5) > 0) log.names.set(`org_${at}`, pick(chance, NAMES));
  }
  const salt = (): string =>
    Array.from({ length: 8 }, () =>
      chance(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
  /** A text in the data of an event: in the clear in version 1, and as a commitment in version 2. */
  const text = (member: string, version: number): JsonObject => {
    if (chance(3) === 0) return version === 1 ? { [member]: null } : { [`${member}-commitment`]: null };
    const words = pick(chance, TEXTS);
    return version === 1 ? { [member]: words } : { [`${member}-commitment`]: log.commit(words, salt()) };
  };
  const append = (connection: Living, type: string, data: JsonObject, version: number, by: string | null): void => {
    const at = log.events.length;
    const role = by === null ? 'platform' : by === connection.source ? 'source' : 'destination';
    log.append(connection.stream, {
      id: `0197a000-0000-7000-8000-${String(at).padStart(12, '0')}`,
      type,
      data,
      metadata: {
        'schema-version': version,
        actor: {
          type: pick(chance, ['api-key', 'user', 'system']),
          id: `api_${chance(9)}`,
          'organization-id': by,
          role,
        },
        'occurred-at': new Date(1_780_000_000_000 + at * 1_000).toISOString(),
        'request-id': `req_${at}`,
        'correlation-id': `req_${at}`,
        'causation-id': `req_${at}`,
        'idempotency-key': chance(2) === 0 ? null : `key "${at}"`,
      },
    });
  };
  const create = (): void => {
    const source = `org_${chance(organizations)}`;
    const destination = `org_${chance(organizations)}`;
    const pair = `${source} ${destination}`;
    if (taken.has(pair)) return;
    taken.add(pair);
    const id = connectionIdOf(source, destination);
    const connection: Living = { stream: streamOf(id), source, destination, status: 'pending' };
    living.push(connection);
    const version = 1 + chance(2);
    const parties = {
      'connection-id': id,
      'source-organization-id': source,
      'destination-organization-id': destination,
    };
    const scopes = ['inquiry.read', 'account.read', 'case.read'].slice(0, 1 + chance(3));
    append(connection, 'ConnectionCreated', { ...parties, ...text('name', version), scopes }, version, source);
  };
  while (log.events.length < size) {
    const connection = living[chance(living.length + 2)];
    if (connection === undefined) {
      if (taken.size < organizations ** 2) create();
      continue;
    }
    if (chance(12) === 0) {
      const kept = [...log.texts.keys()];
      const of = { revision: 0, commitment: kept.length === 0 ? '0'.repeat(64) : pick(chance, kept) };
      append(connection, 'ConnectionTextRedacted', of, 1, chance(2) === 0 ? null : connection.source);
      log.texts.delete(of.commitment);
      continue;
    }
    const [type, status] = pick(chance, STEPS[connection.status]);
    const version = type === 'ConnectionActivated' ? 1 : 1 + chance(2);
    const by = chance(2) === 0 ? connection.source : connection.destination;
    append(connection, type, type === 'ConnectionActivated' ? {} : text('reason', version), version, by);
    connection.status = status;
  }
  return log;
}

export const pick = <T>(chance: Chance, items: readonly T[]): T => items[chance(items.length)] as T;
