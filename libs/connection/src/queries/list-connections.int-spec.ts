import fc from 'fast-check';
import { describeDatabases } from '@connections/database/testing/databases';
import { ConnectionLog } from '../connection-log';
import type { Connection } from '../domain/connection';
import type { ConnectionAt } from '../connection-log';
import { legible } from '../domain/free-text';
import { openReadModel, type ReadModelUnderTest } from '../testing/read-model';
import { newText, sealed } from '../texts';
import { toConnection, toRow } from '../read-model/connections.table';
import { upsertRows } from '../read-model/row-statements';
import { connectionsProjection } from '../read-model/connections.projection';
import { type ConnectionFilter, type Cursor, ListConnections, ListConnectionsHandler } from './list-connections';

const organizations = ['org_A', 'org_B', 'org_C'];
const names = ['Acme', 'ACME labs', '100%', '100_', 'a\\b', null];
/** Half of them are beside the log, the others in the clear, as the first version of the event has them. */
const isKept = (n: number): boolean => n % 12 < 6;
const texts = names.map(newText);
const clear = names.map((text) => (text === null ? null : { text }));
const day = (number: number): string => `2026-06-${String(number).padStart(2, '0')}T00:00:00.000Z`;

/** Sixty connections of three organizations, self connections among them, oldest first. */
const connections: Connection[] = Array.from({ length: 60 }, (_, n) => ({
  id: `cxn_${n}`,
  sourceOrganizationId: organizations[n % 3]!,
  destinationOrganizationId: organizations[Math.floor(n / 3) % 3]!,
  name: clear[n % names.length]!,
  scopes: ['inquiry.read'],
  status: (['pending', 'active', 'inactive'] as const)[Math.floor(n / 2) % 3]!,
  creatorId: 'api_1',
  creatorType: 'api-key',
  deactivatedBy: null,
  createdAt: day(1 + Math.floor(n / 3)),
  updatedAt: day(1 + Math.floor(n / 3)),
}));
const positionOf = (n: number): string => String(n + 1).padStart(16, '0');

/** The rules of a list, by the plainest code there is. */
function expected(viewer: string | null, filter: ConnectionFilter): Connection[] {
  const { statuses, role, sourceOrganizationId, destinationOrganizationId, name, createdFrom, createdTo } = filter;
  return [...connections].reverse().filter((it) => {
    const isSource = it.sourceOrganizationId === viewer;
    const isDestination = it.destinationOrganizationId === viewer;
    if (viewer !== null && !isSource && !isDestination) return false;
    if (viewer !== null && role === 'source' && !isSource) return false;
    if (viewer !== null && role === 'destination' && !isDestination) return false;
    if (statuses !== undefined && !statuses.includes(it.status)) return false;
    if (sourceOrganizationId !== undefined && it.sourceOrganizationId !== sourceOrganizationId) return false;
    if (destinationOrganizationId !== undefined && it.destinationOrganizationId !== destinationOrganizationId)
      return false;
    if (name !== undefined && !legible(it.name)?.toLowerCase().includes(name.toLowerCase())) return false;
    if (createdFrom !== undefined && it.createdAt < createdFrom) return false;
    return createdTo === undefined || it.createdAt <= createdTo;
  });
}

const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const filters: fc.Arbitrary<ConnectionFilter> = fc.record({
  statuses: fc.option(fc.subarray(['pending', 'active', 'inactive'] as const, { minLength: 1 }), { nil: undefined }),
  role: optional(['source', 'destination'] as const),
  sourceOrganizationId: optional([...organizations, 'org_X']),
  destinationOrganizationId: optional(organizations),
  name: optional(['acme', 'ACME', '%', '_', '\\', '0', 'labs']),
  createdFrom: optional([day(1), day(5), day(12)]),
  createdTo: optional([day(5), day(12), day(30)]),
});

describeDatabases('a list of connections', (databases) => {
  let model: ReadModelUnderTest;
  let list: ListConnectionsHandler;
  beforeAll(async () => {
    model = await openReadModel(databases);
    await connectionsProjection.create(model.database.as<unknown>().writer, 'connections', 1);
    const rows = connections.map((connection, n) =>
      toRow(isKept(n) ? { ...connection, name: sealed(texts[n % names.length]!) } : connection, 0, positionOf(n)),
    );
    for (const text of texts) if (text) await model.texts.keep(text);
    await model.database.transaction('relaxed', (tx) => upsertRows(tx as never, 'connections', rows));
    list = new ListConnectionsHandler(model.database.as(), new ConnectionLog(model.store, model.texts));
  });
  afterAll(() => model.close());

  const page = (viewer: string | null, filter: ConnectionFilter, size: number, cursor: Cursor | null = null) =>
    list.execute(new ListConnections(viewer, filter, size, cursor));

  it('is what the filter says, newest first, page by page in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(null, 'org_A', 'org_B', 'org_X'),
        filters,
        fc.integer({ min: 1, max: 25 }),
        async (viewer, filter, size) => {
          const whole = expected(viewer, filter);
          const forth: Connection[] = [];
          let current = await page(viewer, filter, size);
          expect(current.previous).toBeNull();
          for (;;) {
            expect(current.connections.length).toBeLessThanOrEqual(size);
            forth.push(...current.connections.map(({ connection }) => connection));
            if (current.next === null) break;
            current = await page(viewer, filter, size, { direction: 'after', position: current.next });
            expect(current.previous).not.toBeNull();
          }
          expect(forth).toEqual(whole);

          const back = current.connections.map(({ connection }) => connection);
          while (current.previous !== null) {
            current = await page(viewer, filter, size, { direction: 'before', position: current.previous });
            expect(current.next).not.toBeNull();
            back.unshift(...current.connections.map(({ connection }) => connection));
          }
          expect(back).toEqual(whole);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('goes on where it was, whatever is created meanwhile', async () => {
    const first = await page('org_A', {}, 5);
    const created: Connection = { ...connections[0]!, id: 'cxn_new', sourceOrganizationId: 'org_A' };
    const row = toRow(created, 0, positionOf(1_000));
    await model.database.transaction('relaxed', (tx) => upsertRows(tx as never, 'connections', [row]));
    try {
      const second = await page('org_A', {}, 5, { direction: 'after', position: first.next! });
      const found = [...first.connections, ...second.connections].map(({ connection }) => connection.id);
      expect(found).toEqual(
        expected('org_A', {})
          .slice(0, 10)
          .map((it) => it.id),
      );
      const back = await page('org_A', {}, 5, {
        direction: 'before',
        position: first.connections.length > 0 ? positionOf(59) : '',
      });
      expect(back.connections.map(({ connection }) => connection.id)).toEqual(['cxn_new']);
    } finally {
      await model.database.writer.deleteFrom('connections').where('id', '=', 'cxn_new').execute();
    }
  });

  it('leaves out a name whose text is not there any more, and finds nothing by it', async () => {
    const before = await page(null, { name: 'labs' }, 100);
    await model.database.writer.deleteFrom('texts').where('text', '=', 'ACME labs').execute();
    const wasKept = ({ connection }: ConnectionAt): boolean =>
      isKept(connections.findIndex(({ id }) => id === connection.id));
    const [kept, inTheClear] = [before.connections.filter(wasKept), before.connections.filter((at) => !wasKept(at))];
    expect(kept.length).toBeGreaterThan(0);
    expect((await page(null, { name: 'labs' }, 100)).connections).toEqual(inTheClear);
    const all = (await page(null, {}, 100)).connections;
    expect(
      all
        .filter(({ connection }) => connection.name && legible(connection.name) === null)
        .map(({ connection }) => connection.id),
    ).toEqual(kept.map(({ connection }) => connection.id));
  });

  it('gives each row as the connection that it was made of', () => {
    for (const one of connections) {
      for (const connection of [one, { ...one, name: sealed(newText('Acme')) }])
        expect(toConnection(toRow(connection, 3, positionOf(1)))).toEqual(connection);
    }
  });
});
