import fc from 'fast-check';
import { sql } from 'kysely';
import { describeDatabases } from '@connections/database/testing/databases';
import { ConnectionLog } from '../connection-log';
import type { Connection } from '../domain/connection';
import type { ConnectionAt } from '../connection-log';
import { legible } from '../domain/free-text';
import { openReadModel, type ReadModelUnderTest } from '../testing/read-model';
import { newText, sealed } from '../texts';
import { toConnection, toRow } from '../read-model/connections.table';
import { writeRows } from '../read-model/row-statements';
import { connectionsProjection } from '../read-model/connections.projection';
import type { ConnectionFilter, OrganizationNames } from './list-conditions';
import { ListConnections, ListConnectionsHandler, SORTED, TooManyToSort } from './list-connections';
import { type Cursor, type Sort, sorts } from './list-order';

const organizations = ['org_A', 'org_B', 'org_C'];
/** The names of the organizations. */
const called: Readonly<Record<string, string>> = { org_A: 'Initech', org_B: '100% Globex' };
const directory: OrganizationNames = {
  nameOf: (id) => sql<string | null>`(case ${id} when 'org_A' then 'Initech' when 'org_B' then '100% Globex' end)`,
};
const names = ['Acme', 'ACME labs', '100%', '100_', 'a\\b', null, '\u{1F91D} shake', '\u{FF41}cme'];
/** Half of the names are stored beside the log, the others in the clear, as in the first version of the event. */
const isKept = (n: number): boolean => n % (2 * names.length) < names.length;
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
  updatedAt: day(21 + ((n * 7) % 8)),
}));
const positionOf = (n: number): string => String(n + 1).padStart(16, '0');

/** The rules of a list, by the simplest code. */
function expected(viewer: string | null, filter: ConnectionFilter, sort: Sort = '-created-at'): Connection[] {
  const { statuses, role, sourceOrganizationId, destinationOrganizationId, name, createdFrom, createdTo } = filter;
  return inOrder(sort).filter((it) => {
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
    if (filter.search !== undefined) {
      const texts = [legible(it.name), ...counterpartiesOf(it, viewer).map((id) => called[id])];
      const found = texts.some((text) => text?.toLowerCase().includes(filter.search?.toLowerCase() ?? ''));
      if (!found && ![it.id, ...counterpartiesOf(it, viewer)].includes(filter.search)) return false;
    }
    if (createdFrom !== undefined && it.createdAt < createdFrom) return false;
    return createdTo === undefined || it.createdAt <= createdTo;
  });
}

const counterpartiesOf = (it: Connection, viewer: string | null): string[] => {
  const { sourceOrganizationId: source, destinationOrganizationId: destination } = it;
  if (viewer === null) return [source, destination];
  return [source === viewer ? destination : source];
};

/** All connections in an order; those without a name come last in ascending order of names. */
function inOrder(sort: Sort): Connection[] {
  const bytes = (text: string | null): Buffer => Buffer.from(text === null ? '1' : `0${text.toLowerCase()}`);
  const ascending = connections
    .map((connection, n) => ({ connection, n }))
    .sort((a, b) => {
      if (sort.endsWith('updated-at'))
        return a.connection.updatedAt < b.connection.updatedAt
          ? -1
          : +(a.connection.updatedAt > b.connection.updatedAt);
      if (sort.endsWith('created-at')) return a.n - b.n;
      return Buffer.compare(bytes(legible(a.connection.name)), bytes(legible(b.connection.name)));
    })
    .map(({ connection }) => connection);
  return sort.startsWith('-') ? ascending.reverse() : ascending;
}

const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const filters: fc.Arbitrary<ConnectionFilter> = fc.record({
  statuses: fc.option(fc.subarray(['pending', 'active', 'inactive'] as const, { minLength: 1 }), { nil: undefined }),
  role: optional(['source', 'destination'] as const),
  sourceOrganizationId: optional([...organizations, 'org_X']),
  destinationOrganizationId: optional(organizations),
  name: optional(['acme', 'ACME', '%', '_', '\\', '0', 'labs']),
  search: optional(['acme', '100%', 'GLOBEX', 'init', 'org_A', 'org_C', 'cxn_7', 'cxn_', '_']),
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
    await model.database.transaction('relaxed', (tx) => writeRows(tx as never, 'connections', rows));
    list = new ListConnectionsHandler(model.database.as(), new ConnectionLog(model.store, model.texts), directory);
  });
  afterAll(() => model.close());

  const page = (
    viewer: string | null,
    filter: ConnectionFilter,
    size: number,
    cursor: Cursor | null = null,
    sort: Sort = '-created-at',
  ) => list.execute(new ListConnections(viewer, filter, size, cursor, null, sort));

  it('is what the filter says, in the order that is asked for, page by page in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(null, 'org_A', 'org_B', 'org_X'),
        filters,
        fc.constantFrom(...sorts),
        fc.integer({ min: 1, max: 25 }),
        async (viewer, filter, sort, size) => {
          const whole = expected(viewer, filter, sort);
          const forth: Connection[] = [];
          let current = await page(viewer, filter, size, null, sort);
          expect(current.previous).toBeNull();
          for (;;) {
            expect(current.connections.length).toBeLessThanOrEqual(size);
            forth.push(...current.connections.map(({ connection }) => connection));
            if (current.next === null) break;
            current = await page(viewer, filter, size, { direction: 'after', ...current.next }, sort);
            expect(current.previous).not.toBeNull();
          }
          expect(forth).toEqual(whole);

          const back = current.connections.map(({ connection }) => connection);
          while (current.previous !== null) {
            current = await page(viewer, filter, size, { direction: 'before', ...current.previous }, sort);
            expect(current.next).not.toBeNull();
            back.unshift(...current.connections.map(({ connection }) => connection));
          }
          expect(back).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('goes on where it was, whatever is created meanwhile', async () => {
    const first = await page('org_A', {}, 5);
    const created: Connection = { ...connections[0]!, id: 'cxn_new', sourceOrganizationId: 'org_A' };
    const row = toRow(created, 0, positionOf(1_000));
    await model.database.transaction('relaxed', (tx) => writeRows(tx as never, 'connections', [row]));
    try {
      const second = await page('org_A', {}, 5, { direction: 'after', ...first.next! });
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

  it.each(sorts)('tells from a page that nothing is left on that there is something before it: %s', async (sort) => {
    const whole = await page('org_A', { statuses: ['active'] }, 60, null, sort);
    const most = whole.connections.length;
    const { next, previous } = await page('org_A', { statuses: ['active'] }, most - 1, null, sort);
    expect({ next: next !== null, previous }).toEqual({ next: true, previous: null });
    const changing = model.database.writer.updateTable('connections');
    const { id } = whole.connections.at(-1)!.connection;
    await changing.set({ status: 'inactive' }).where('id', '=', id).execute();
    try {
      const emptied = await page('org_A', { statuses: ['active'] }, 5, { direction: 'after', ...next! }, sort);
      expect({ ...emptied, previous: emptied.previous !== null }).toEqual({
        connections: [],
        next: null,
        previous: true,
      });
      const back = { direction: 'before', ...emptied.previous! } as const;
      expect(await page('org_A', { statuses: ['active'] }, 60, back, sort)).toMatchObject({
        connections: whole.connections.slice(0, most - 2),
        previous: null,
        next: expect.anything(),
      });
    } finally {
      await changing.set({ status: 'active' }).where('id', '=', id).execute();
    }
  });

  it('goes on by names where it was, also behind one that is redacted meanwhile', async () => {
    const whole = expected('org_B', {}, 'name').map(({ id }) => id);
    const first = await page('org_B', {}, 5, null, 'name');
    const last = first.connections.at(-1)!.connection;
    const row = model.database.reader.selectFrom('connections').select(['name', 'name_commitment']);
    const before = await row.where('id', '=', last.id).executeTakeFirstOrThrow();
    const set = (values: typeof before) =>
      model.database.writer.updateTable('connections').set(values).where('id', '=', last.id).execute();
    await set({ name: null, name_commitment: '0'.repeat(64) });
    try {
      const second = await page('org_B', {}, 5, { direction: 'after', ...first.next! }, 'name');
      expect(second.connections.map(({ connection }) => connection.id)).toEqual(whole.slice(5, 10));
    } finally {
      await set(before);
    }
  });

  it('shows what changes while it is walked through at the newest end, and everything else once', async () => {
    const whole = expected('org_C', {}, '-updated-at').map(({ id }) => id);
    const touched = whole.at(-1)!;
    const set = (updatedAt: string) =>
      model.database.writer
        .updateTable('connections')
        .set({ updated_at: updatedAt })
        .where('id', '=', touched)
        .execute();
    const { updatedAt } = connections.find(({ id }) => id === touched)!;
    const walked: string[] = [];
    let current = await page('org_C', {}, 4, null, '-updated-at');
    await set(day(30));
    try {
      for (;;) {
        walked.push(...current.connections.map(({ connection }) => connection.id));
        if (current.next === null) break;
        current = await page('org_C', {}, 4, { direction: 'after', ...current.next }, '-updated-at');
      }
      expect(walked).toEqual(whole.slice(0, -1));
      const [newest] = (await page('org_C', {}, 1, null, '-updated-at')).connections;
      expect(newest?.connection.id).toBe(touched);
    } finally {
      await set(updatedAt);
    }
  });

  it('is in the order of names or changes only of so many, and otherwise to be narrowed down', async () => {
    const many = Array.from({ length: SORTED }, (_, n): Connection => ({
      ...connections[0]!,
      id: `cxn_many_${n}`,
      sourceOrganizationId: n % 2 === 0 ? 'org_Many' : 'org_D',
      destinationOrganizationId: n % 2 === 0 ? 'org_D' : 'org_Many',
      status: n === 0 ? 'active' : 'pending',
    }));
    const write = (rows: readonly Connection[]) =>
      model.database.transaction('relaxed', (tx) =>
        writeRows(
          tx as never,
          'connections',
          rows.map((connection, n) => toRow(connection, 0, positionOf(1_000 + n))),
        ),
      );
    await write(many);
    try {
      for (const sort of sorts) expect((await page('org_Many', {}, 3, null, sort)).connections).toHaveLength(3);
      await write([{ ...many[0]!, id: 'cxn_many_more' }]);
      for (const sort of ['name', '-updated-at'] as const) {
        await expect(page('org_Many', {}, 3, null, sort)).rejects.toThrow(TooManyToSort);
        const narrowed = await page('org_Many', { role: 'source' }, 3, null, sort);
        expect(narrowed.connections).toHaveLength(3);
        expect((await page('org_Many', { statuses: ['active'] }, 3, null, sort)).connections).toHaveLength(2);
      }
      expect((await page('org_Many', {}, 3, null, 'created-at')).connections).toHaveLength(3);
    } finally {
      await model.database.writer.deleteFrom('connections').where('id', 'like', 'cxn_many_%').execute();
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
