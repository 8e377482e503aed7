import type { Kysely } from 'kysely';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import type { ReadModelTables } from '@connections/connection/read-model/connections.table';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { Accesses, type GivenAccess, type NewAccess, OPERATOR, type Reader, type Subject } from './accesses';
import { accessMigrations, type AccessTables } from './accesses.tables';

const auditor: Reader = { credentialId: 'api_A', organizationId: null, role: 'platform-auditor' };
const partner: Reader = { credentialId: 'api_P', organizationId: 'org_B', role: 'admin' };
const ofPair = (one: string, other: string): Subject => ({
  type: 'connection',
  id: `cxn_${one}${other}`,
  parties: [`org_${one}`, `org_${other}`],
});

describeDatabases('records of access', (databases) => {
  let database: Database<AccessTables & ReadModelTables>;
  let accesses: Accesses;
  beforeEach(async () => {
    database = await databases.open();
    await migrate(database.as<never>().writer, accessMigrations);
    await connectionsProjection.create(database.writer as unknown as Kysely<unknown>, 'connections', 1);
    accesses = new Accesses(database);
  });
  afterEach(() => database.close());

  const access = (change: Partial<NewAccess>): NewAccess => ({
    kind: 'history',
    reader: auditor,
    subject: { type: 'everything' },
    requestId: 'req_1',
    request: 'GET /api/v1/connect/connections/cxn_AB/events',
    ...change,
  });
  const given = (change: Partial<NewAccess>, items: number | null): GivenAccess => ({ ...access(change), items });
  const page = { size: 100 };
  const idsOf = (found: readonly { readonly subject: { readonly type: string; readonly id: string | null } }[]) =>
    found.map(({ subject }) => subject.id ?? subject.type).sort();

  /** Adds a connection to the read model, created at a given moment. */
  async function connect(one: string, other: string, createdAt: string): Promise<void> {
    const columns = (await database.reader.introspection.getTables()).find(({ name }) => name === 'connections');
    const row = Object.fromEntries((columns?.columns ?? []).map(({ name }) => [name, name === 'revision' ? 0 : '']));
    const known = {
      id: `cxn_${one}${other}`,
      source_organization_id: `org_${one}`,
      destination_organization_id: `org_${other}`,
      created_at: createdAt,
      created_position: createdAt,
    };
    await database.writer
      .insertInto('connections')
      .values({ ...row, ...known } as never)
      .execute();
  }

  it('tell who looked at what, and when', async () => {
    const before = new Date().toISOString();
    await accesses.record([given({ subject: ofPair('A', 'B') }, 3)]);
    const [found] = await accesses.list({}, page);
    expect(found).toEqual({
      id: expect.stringMatching(/^acs_[0-9a-f]{32}$/),
      at: expect.any(String),
      kind: 'history',
      reader: auditor,
      subject: { type: 'connection', id: 'cxn_AB' },
      requestId: 'req_1',
      request: 'GET /api/v1/connect/connections/cxn_AB/events',
      outcome: 'given',
      items: 3,
      endedAt: null,
    });
    expect(found!.at >= before && found!.at <= new Date().toISOString()).toBe(true);
    expect(await accesses.find(found!.id)).toEqual(found);
    expect(await accesses.find('acs_0')).toBeNull();
  });

  it('tell how an export ended, and that one has not', async () => {
    const exporting = access({ kind: 'export', reader: OPERATOR, requestId: null, request: 'export' });
    const [first, second] = [await accesses.begin(exporting), await accesses.begin(exporting)];
    await accesses.begin(exporting);
    await accesses.end(first, 'completed', 12);
    await accesses.end(second, 'broken-off', 5);
    const told = (await accesses.list({}, page)).map(({ outcome, items, endedAt, reader }) => [
      outcome,
      items,
      endedAt === null,
      reader,
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['completed', 12, false, OPERATOR],
        ['broken-off', 5, false, OPERATOR],
        ['begun', null, true, OPERATOR],
      ]),
    );
    await expect(accesses.end(first, 'broken-off', 0)).rejects.toThrow();
  });

  it('are added all together, or none of them', async () => {
    const [one, other] = [given({ subject: ofPair('A', 'B') }, 1), given({ subject: ofPair('C', 'D') }, 2)];
    await expect(accesses.record([one, { ...other, kind: null as never }])).rejects.toThrow();
    expect(await accesses.list({}, page)).toEqual([]);
    await accesses.record([one, other]);
    expect(idsOf(await accesses.list({}, page))).toEqual(['cxn_AB', 'cxn_CD']);
  });

  it('are listed newest first, a page at a time, and by kind, credential and time', async () => {
    for (let number = 0; number < 7; number += 1) {
      const kind = number % 2 === 0 ? 'history' : 'proof';
      await accesses.record([given({ kind, reader: number < 3 ? auditor : partner }, number)]);
    }
    const all = await accesses.list({}, page);
    const paged = [];
    for (let after: (typeof all)[number] | undefined; ;) {
      const part = await accesses.list({}, { size: 2, after });
      paged.push(...part);
      after = part.at(-1);
      if (part.length < 2) break;
    }
    expect(paged).toEqual(all);
    expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort().reverse()); // prettier-ignore
    const items = async (filter: Parameters<Accesses['list']>[0]): Promise<(number | null)[]> =>
      (await accesses.list(filter, page)).map((one) => one.items).sort();
    expect(await items({ kind: 'proof' })).toEqual([1, 3, 5]);
    expect(await items({ credentialId: 'api_A' })).toEqual([0, 1, 2]);
    expect(await items({ credentialId: 'api_P', kind: 'history' })).toEqual([4, 6]);
    const middle = all[3]!.at;
    const counts = [(await items({ from: middle })).length, (await items({ to: middle })).length];
    expect(counts.map((count) => count >= 4)).toEqual([true, true]);
    expect(await items({ from: '2999-01-01T00:00:00.000Z' })).toEqual([]);
  });

  it('concern an organization where its own connections were among what was given', async () => {
    await connect('A', 'B', '2026-01-01T00:00:00.000Z');
    await connect('A', 'Z', '2999-01-01T00:00:00.000Z');
    await accesses.record([given({ subject: ofPair('A', 'B') }, 1)]);
    await accesses.record([given({ subject: ofPair('C', 'A') }, 1)]);
    await accesses.record([given({ subject: ofPair('C', 'D') }, 1)]);
    await accesses.record([given({ subject: { type: 'organization', id: 'org_A' } }, 1)]);
    await accesses.begin(access({ kind: 'export', reader: partner, subject: { type: 'organization', id: 'org_B' } }));
    // The connection with this organization was created later.
    await accesses.begin(access({ kind: 'export', subject: { type: 'organization', id: 'org_Z' } }));
    await accesses.begin(access({ kind: 'export' }));
    const concerning = async (id: string) => idsOf(await accesses.concerning(id, {}, page));
    expect(await concerning('org_A')).toEqual(['cxn_AB', 'cxn_CA', 'everything', 'org_A', 'org_B']);
    expect(await concerning('org_B')).toEqual(['cxn_AB', 'everything', 'org_A', 'org_B']);
    expect(await concerning('org_D')).toEqual(['cxn_CD', 'everything']);
    expect(await concerning('org_Z')).toEqual(['everything', 'org_Z']);
    const exports = await accesses.concerning('org_A', { kind: 'export', credentialId: 'api_P' }, page);
    expect(exports.map(({ reader }) => reader)).toEqual([partner]);

    const all = await accesses.concerning('org_A', {}, page);
    const first = await accesses.concerning('org_A', {}, { size: 2 });
    expect([...first, ...(await accesses.concerning('org_A', {}, { size: 9, after: first[1] }))]).toEqual(all);
  });

  it('tell partners that others were searched, and not for what', async () => {
    await connect('A', 'B', '2026-01-01T00:00:00.000Z');
    const request = 'GET /api/v1/connect/connections?as-of=2026&filter[name]=secret';
    await accesses.record([given({ request, subject: { type: 'organization', id: 'org_A' } }, 1)]);
    await accesses.record([given({ request, subject: { type: 'everything' } }, 1)]);
    await accesses.record([given({ request, reader: partner, subject: { type: 'everything' } }, 1)]);
    const requestsFor = async (id: string) =>
      (await accesses.concerning(id, {}, page)).map((found) => found.request.includes('?')).sort();
    // Each sees the full requests about itself, and its own.
    expect(await requestsFor('org_A')).toEqual([false, false, true]);
    expect(await requestsFor('org_B')).toEqual([false, false, true]);
    expect((await accesses.list({}, page)).every((found) => found.request === request)).toBe(true);
  });

  it('tell partners that all of an organization was read, and not how much that was', async () => {
    await connect('A', 'B', '2026-01-01T00:00:00.000Z');
    await accesses.record([given({ subject: { type: 'organization', id: 'org_A' } }, 7)]);
    await accesses.record([given({ subject: ofPair('A', 'B') }, 3)]);
    await accesses.record([given({ reader: partner, subject: { type: 'organization', id: 'org_A' } }, 5)]);
    await accesses.end(await accesses.begin(access({ kind: 'export' })), 'completed', 9);
    const itemsFor = async (id: string) => (await accesses.concerning(id, {}, page)).map(({ items }) => items).sort();
    expect(await itemsFor('org_A')).toEqual([3, 5, 7, 9]);
    // Its own reader was given it, so it knows.
    expect(await itemsFor('org_B')).toEqual([3, 5, 9, null]);
  });
});
