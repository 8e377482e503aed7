import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { connectionIdOf, streamOf } from '../connection-id';
import { ConnectionLog } from '../connection-log';
import type { Actor, ConnectionEvent } from '../domain/connection.events';
import { encode } from '../stored-events';
import { openTexts } from '../testing/texts';
import {
  GetConnectionHistory,
  GetConnectionHistoryHandler,
  type HistoryEntry,
  type HistoryFilter,
  type HistoryPage,
  type HistorySort,
  historySorts,
} from './get-connection-history';

const sourceId = 'org_S';
const bySource: Actor = { type: 'api-key', id: 'api_S', organizationId: sourceId, role: 'source' };
const momentAt = (second: number): string =>
  new Date(Date.parse('2026-06-01T00:00:00.000Z') + second * 1_000).toISOString();

/** A creation, then activations and deactivations in turn, by three keys in turn, two events a second. */
function eventsOf(connectionId: string, count: number): ConnectionEvent[] {
  return Array.from({ length: count }, (_, n): ConnectionEvent => {
    const occurredAt = momentAt(Math.floor(n / 2));
    const actor: Actor = { ...bySource, id: `api_${n % 3}`, organizationId: n % 5 === 0 ? sourceId : 'org_D' };
    if (n === 0) {
      const terms = { sourceOrganizationId: sourceId, destinationOrganizationId: 'org_D', name: null, scopes: ['a'] };
      return { type: 'ConnectionCreated', connectionId, ...terms, actor, occurredAt };
    }
    return n % 2 === 1
      ? { type: 'ConnectionActivated', actor, occurredAt }
      : { type: 'ConnectionDeactivated', reason: { commitment: n.toString(16).padStart(64, '0') }, actor, occurredAt };
  });
}

describe('a part of a history', () => {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  let database: Awaited<ReturnType<typeof openTexts>>;
  let handler: GetConnectionHistoryHandler;
  beforeAll(async () => {
    database = await openTexts(folder.path);
    handler = new GetConnectionHistoryHandler(new ConnectionLog(store, database.texts), database.texts);
  });
  const provenance = { requestId: 'req_1', correlationId: 'req_1', causationId: 'req_1', idempotencyKey: null };
  const record = async (destinationId: string, count: number): Promise<[string, ConnectionEvent[]]> => {
    const connectionId = connectionIdOf(sourceId, destinationId);
    const events = eventsOf(connectionId, count);
    const encoded = events.map((event) => encode(event, randomUUID(), provenance));
    for (let at = 0; at < count; at += 500) {
      await store.append(streamOf(connectionId), at - 1, encoded.slice(at, at + 500));
    }
    return [connectionId, events];
  };
  afterAll(async () => {
    await store.close();
    await database.close();
    folder.remove();
  });

  const page = (
    id: string,
    size: number,
    after: number | null,
    filter: HistoryFilter,
    sort?: HistorySort,
  ): Promise<HistoryPage> => handler.execute(new GetConnectionHistory(id, null, size, after, filter, sort));

  it('is what the filter says, on pages of any size, with the statuses that the whole history has', async () => {
    const [id, events] = await record('org_short', 41);
    const whole = (await page(id, 100, -1, {})).entries;
    expect(whole.map(({ event }) => event)).toEqual(events);
    expect(whole.slice(0, 3).map(({ fromStatus, toStatus }) => [fromStatus, toStatus])).toEqual([
      [null, 'pending'],
      ['pending', 'active'],
      ['active', 'inactive'],
    ]);
    const optional = <T>(...values: T[]): fc.Arbitrary<T | undefined> =>
      fc.option(fc.constantFrom(...values), { nil: undefined });
    const types: ConnectionEvent['type'][] = [
      'ConnectionCreated',
      'ConnectionActivated',
      'ConnectionDeactivated',
      'ConnectionReturnedToPending',
    ];
    const filters: fc.Arbitrary<HistoryFilter> = fc.record({
      events: fc.option(fc.subarray(types, { minLength: 1 }), { nil: undefined }),
      actor: optional('api_0', 'api_1', 'org_S', 'org_D', 'org_X'),
      occurredFrom: optional(momentAt(-1), momentAt(0), momentAt(7), momentAt(99)),
      occurredTo: optional(momentAt(-1), momentAt(0), momentAt(7), momentAt(99)),
    });
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...historySorts),
        async (filter, size, sort) => {
          const ordered = sort === 'occurred-at' ? whole : [...whole].reverse();
          const expected = ordered.filter(
            ({ event: { type, actor, occurredAt } }) =>
              (filter.events?.includes(type) ?? true) &&
              (filter.actor === undefined || [actor.id, actor.organizationId].includes(filter.actor)) &&
              (filter.occurredFrom === undefined || occurredAt >= filter.occurredFrom) &&
              (filter.occurredTo === undefined || occurredAt <= filter.occurredTo),
          );
          const found: HistoryEntry[] = [];
          let after: number | null = null;
          do {
            const { entries, next }: HistoryPage = await page(id, size, after, filter, sort);
            expect(entries).toHaveLength(Math.min(size, expected.length - found.length));
            found.push(...entries);
            after = next;
          } while (after !== null);
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is looked for among a thousand events a page, so that a page may be empty and not the last', async () => {
    const [id] = await record('org_long', 2_500);
    const read = jest.spyOn(store, 'read');
    const filter = { events: ['ConnectionCreated', 'ConnectionReturnedToPending'] } as const;
    expect(await page(id, 10, -1, filter)).toMatchObject({ entries: [{ revision: 0 }], next: 999 });
    expect(await page(id, 10, 999, filter)).toEqual({ entries: [], next: 1_999 });
    expect(await page(id, 10, 1_999, filter)).toEqual({ entries: [], next: null });
    expect(await page(id, 10, null, filter, '-occurred-at')).toEqual({ entries: [], next: 1_500 });
    expect(await page(id, 10, 1_500, filter, '-occurred-at')).toEqual({ entries: [], next: 500 });
    expect(await page(id, 10, 500, filter, '-occurred-at')).toMatchObject({ entries: [{ revision: 0 }], next: null });
    const limits = read.mock.calls.flatMap(([, options]) =>
      options?.direction === 'backwards' ? [] : [options?.limit],
    );
    expect(Math.max(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY))).toBe(1_001);
    read.mockRestore();
  });

  it('ends where the moment is behind, and does not look further', async () => {
    const id = connectionIdOf(sourceId, 'org_long');
    const found = await page(id, 10, -1, { events: ['ConnectionDeactivated'], occurredTo: momentAt(1) });
    expect(found).toMatchObject({ entries: [{ revision: 2 }], next: null });
    const newest = { events: ['ConnectionDeactivated'], occurredFrom: momentAt(1_249) } as const;
    const backwards = await page(id, 10, null, newest, '-occurred-at');
    expect(backwards).toMatchObject({ entries: [{ revision: 2_498 }], next: null });
  });
});
