import fc from 'fast-check';
import { describeDatabases } from '@connections/database/testing/databases';
import { isConnectionStream } from '../connection-id';
import { ConnectionLog } from '../connection-log';
import { type Connection, evolve, initial, type State } from '../domain/connection';
import type { Step } from '../domain/lifecycle';
import { decode } from '../stored-events';
import {
  type Attempt,
  destinationId,
  everything,
  nameless,
  openReadModel,
  type ReadModelUnderTest,
  sourceId,
} from '../testing/read-model';
import type { ConnectionFilter } from './list-conditions';
import { ListConnections, ListConnectionsHandler } from './list-connections';
import type { Cursor, Place } from './list-order';

const start = Date.parse('2026-06-01T00:00:00.000Z');
const momentAt = (second: number): string => new Date(start + second * 1_000).toISOString();

describeDatabases('a list as of a past moment', (databases) => {
  let model: ReadModelUnderTest;
  let list: ListConnectionsHandler;
  beforeEach(async () => {
    model = await openReadModel(databases);
    list = new ListConnectionsHandler(model.database.as(), new ConnectionLog(model.store, model.texts), nameless);
  });
  afterEach(() => model.close());

  const projected = async (): Promise<void> => {
    const projector = model.projector();
    await projector.start();
    expect(await model.caughtUp(projector)).toBe(true);
    await projector.stop();
  };
  const page = (
    viewer: string | null,
    filter: ConnectionFilter,
    size: number,
    asOf: string,
    cursor: Cursor | null = null,
  ) => list.execute(new ListConnections(viewer, filter, size, cursor, asOf));

  /** The connections at a moment, newest first, by the simplest code. */
  async function thereAt(asOf: string): Promise<Connection[]> {
    const states = new Map<string, State>();
    for (const recorded of (await everything(model.store)).filter(({ stream }) => isConnectionStream(stream))) {
      const event = decode(recorded);
      if (event.occurredAt > asOf) continue;
      states.set(recorded.stream, evolve(states.get(recorded.stream) ?? initial, event));
    }
    const there = [...states.values()].filter((state) => state !== null).reverse();
    return Promise.all(there.map((connection) => model.texts.named(connection)));
  }

  it('is what the log says of that moment, page by page in both directions', async () => {
    const steps: Step[] = ['activate', 'deactivate', 'reactivate', 'activate', 'deactivate'];
    const attempts: Attempt[] = Array.from({ length: 12 }, (_, connection) => ({ connection, step: 'create' }));
    for (const [n, step] of steps.entries()) {
      for (let connection = 0; connection < 12; connection += 1)
        if (connection % (n + 2) !== 0) attempts.push({ connection, step });
    }
    // A creation among later steps, so that the order of creation differs from that of changes.
    attempts.splice(20, 0, { connection: 12, step: 'create' });
    await model.play(attempts.map((attempt, second) => ({ ...attempt, at: momentAt(second) })));
    await projected();
    const optional = <T>(...values: T[]): fc.Arbitrary<T | undefined> =>
      fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -1, max: attempts.length + 1 }).map(momentAt),
        fc.constantFrom(null, sourceId, destinationId(3), 'org_X'),
        fc.record<ConnectionFilter>({
          statuses: fc.option(fc.subarray(['pending', 'active', 'inactive'] as const, { minLength: 1 }), {
            nil: undefined,
            freq: 2,
          }),
          role: optional('source' as const, 'destination' as const),
          createdTo: optional(momentAt(5), momentAt(15), momentAt(99)),
        }),
        fc.integer({ min: 1, max: 8 }),
        async (asOf, viewer, filter, size) => {
          const expected = (await thereAt(asOf)).filter(
            ({ status, sourceOrganizationId, destinationOrganizationId, createdAt }) =>
              (viewer === null ||
                (filter.role !== 'destination' && sourceOrganizationId === viewer) ||
                (filter.role !== 'source' && destinationOrganizationId === viewer)) &&
              (filter.statuses?.includes(status) ?? true) &&
              (filter.createdTo === undefined || createdAt <= filter.createdTo),
          );
          const forth: Connection[] = [];
          const visited: (Place | null)[] = [];
          let current = await page(viewer, filter, size, asOf);
          expect(current.previous).toBeNull();
          for (;;) {
            expect(current.connections.length).toBeLessThanOrEqual(size);
            forth.push(...current.connections.map(({ connection }) => connection));
            visited.push(current.next);
            if (current.next === null) break;
            // Only with a filter by status may a page be short.
            if (!filter.statuses) expect(current.connections).toHaveLength(size);
            current = await page(viewer, filter, size, asOf, { direction: 'after', ...current.next });
          }
          expect(forth).toEqual(expected);
          const back = current.connections.map(({ connection }) => connection);
          while (current.previous !== null) {
            current = await page(viewer, filter, size, asOf, { direction: 'before', ...current.previous });
            back.unshift(...current.connections.map(({ connection }) => connection));
          }
          expect(back).toEqual(expected);
          expect(new Set(visited.map((place) => place?.position)).size).toBe(visited.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has the revisions of that moment', async () => {
    await model.play([
      { connection: 0, step: 'create', at: momentAt(0) },
      { connection: 0, step: 'activate', at: momentAt(1) },
      { connection: 0, step: 'deactivate', at: momentAt(2) },
    ]);
    await projected();
    for (const [second, revision, status] of [
      [0, 0, 'pending'],
      [1, 1, 'active'],
      [2, 2, 'inactive'],
      [9, 2, 'inactive'],
    ] as const) {
      const { connections } = await page(sourceId, {}, 10, momentAt(second));
      expect(connections).toMatchObject([{ revision, connection: { status, name: null } }]);
    }
    expect(await page(sourceId, {}, 10, momentAt(-1))).toEqual({ connections: [], next: null, previous: null });
  });

  it('tells of each connection what the log has, however far the rows are', async () => {
    await model.play([{ connection: 1, step: 'create', at: momentAt(0) }]);
    await projected();
    await model.play([{ connection: 1, step: 'activate', at: momentAt(1) }]);
    const { connections } = await page(sourceId, { statuses: ['active'] }, 10, momentAt(1));
    expect(connections).toMatchObject([
      { revision: 1, connection: { status: 'active', name: { text: 'Partner 1 🤝' } } },
    ]);
  });

  it('looks for a status among five hundred a page, so that a page may be empty and not the last', async () => {
    const attempts = Array.from({ length: 1_200 }, (_, connection): Attempt => ({ connection, step: 'create' }));
    await model.play([...attempts, { connection: 0, step: 'activate' }]);
    await projected();
    const read = jest.spyOn(model.store, 'read');
    const asOf = '2999-01-01T00:00:00.000Z';
    const found: [number, number][] = [];
    let cursor: Cursor | null = null;
    do {
      read.mockClear();
      const { connections, next } = await page(sourceId, { statuses: ['active'] }, 10, asOf, cursor);
      found.push([connections.length, read.mock.calls.length]);
      cursor = next === null ? null : { direction: 'after', ...next };
    } while (cursor !== null);
    expect(found).toEqual([
      [0, 500],
      [0, 500],
      [1, 200],
    ]);
    read.mockClear();
    expect((await page(sourceId, {}, 10, asOf)).connections).toHaveLength(10);
    expect(read.mock.calls.length).toBe(10);
  });
});
