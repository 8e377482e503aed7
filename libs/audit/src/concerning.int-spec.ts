import { type Kysely, sql } from 'kysely';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import type { ConnectionRow } from '@connections/connection/read-model/connections.table';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { chance } from '../../../test/support/chance';
import { type AccessFilter, accessKinds } from './access-filter';
import type { Place, Tables } from './access-rows';
import { accessMigrations, type AccessTables } from './accesses.tables';
import { Concerning } from './concerning';

type Record = AccessTables['accesses'];

const momentOf = (number: number): string => new Date(Date.UTC(2026, 0, 1) + number).toISOString();

describeDatabases('the records that concern an organization', (databases) => {
  let database: Database<Tables>;
  let made: number;
  beforeEach(async () => {
    database = await databases.open();
    made = 0;
    await migrate(database.as<never>().writer, accessMigrations);
    await connectionsProjection.create(database.writer as unknown as Kysely<unknown>, 'connections', 1);
    for (const [name, columns] of Object.entries(connectionsProjection.indexes ?? {})) {
      await database.writer.schema
        .createIndex(name)
        .on('connections')
        .columns([...columns])
        .execute();
    }
  });
  afterEach(() => database.close());

  const record = (change: Partial<Record>): Record => ({
    id: `acs_${String((made += 1)).padStart(6, '0')}`,
    at: momentOf(0),
    kind: 'history',
    credential_id: 'api_A',
    organization_id: null,
    role: 'auditor',
    subject_type: 'everything',
    subject_id: null,
    first_organization_id: null,
    second_organization_id: null,
    request_id: null,
    request: 'GET /',
    outcome: 'given',
    items: 1,
    ...change,
  });
  const ofOrganization = (id: string, change: Partial<Record> = {}): Record =>
    record({ subject_type: 'organization', subject_id: id, first_organization_id: id, ...change });
  const connection = (source: string, destination: string, created_at: string): ConnectionRow => ({
    id: `cxn_${(made += 1)}`,
    revision: 0,
    created_position: String(made).padStart(16, '0'),
    source_organization_id: source,
    destination_organization_id: destination,
    name: null,
    name_commitment: null,
    scopes: '[]',
    status: 'active',
    creator_id: 'api_A',
    creator_type: 'api-key',
    deactivated_by: null,
    created_at,
    updated_at: created_at,
  });
  async function store(connections: readonly ConnectionRow[], records: readonly Record[]): Promise<void> {
    await database.transaction('relaxed', async (tx) => {
      if (connections.length > 0)
        await tx
          .insertInto('connections')
          .values([...connections])
          .execute();
      for (let at = 0; at < records.length; at += 1_000) {
        await tx
          .insertInto('accesses')
          .values(records.slice(at, at + 1_000))
          .execute();
      }
    });
    if (databases.engine === 'postgres') await sql`analyze`.execute(database.writer);
  }

  it('are those of its connections, itself, its partners and everything, whatever is asked for', async () => {
    const random = chance(5);
    const among = <T>(items: readonly T[]): T => items[random(items.length)] as T;
    const organizations = Array.from({ length: 7 }, (_, at) => `org_${at}`);
    // One of them has more than few.
    const credentials = ['api_A', 'api_A', 'api_A', 'api_B', 'api_C'];
    const pairs = organizations.flatMap((source) => organizations.map((destination) => [source, destination] as const));
    const connections = pairs
      .filter(() => random(3) === 0)
      .map(([source, destination]) => connection(source, destination, momentOf(random(40))));
    const records = Array.from({ length: 2_500 }, () => {
      const change = { at: momentOf(random(50)), kind: among(accessKinds), credential_id: among(credentials) };
      const [first, second] = among(pairs);
      const ofBoth = { first_organization_id: first, second_organization_id: second };
      if (random(4) === 0) return record(change);
      if (random(3) === 0) return record({ ...change, ...ofBoth, subject_type: 'connection', subject_id: 'cxn_1' });
      return ofOrganization(first, change);
    });
    await store(connections, records);

    const concerns = (id: string, one: Record): boolean =>
      one.subject_type === 'everything' ||
      one.first_organization_id === id ||
      one.second_organization_id === id ||
      (one.subject_type === 'organization' &&
        connections.some(
          ({ source_organization_id: source, destination_organization_id: destination, created_at: since }) =>
            since <= one.at &&
            ((source === id && destination === one.subject_id) || (destination === id && source === one.subject_id)),
        ));
    const isAsked = ({ kind, credentialId, from, to }: AccessFilter, one: Record): boolean =>
      (kind === undefined || one.kind === kind) &&
      (credentialId === undefined || one.credential_id === credentialId) &&
      (from === undefined || one.at >= from) &&
      (to === undefined || one.at <= to);
    const inOrder = records.toSorted((one, other) => (`${one.at} ${one.id}` < `${other.at} ${other.id}` ? 1 : -1));
    const maybe = <T>(of: () => T): T | undefined => (random(3) === 0 ? of() : undefined);
    for (let round = 0; round < 40; round += 1) {
      const [id, size] = [among([...organizations, 'org_unknown']), 1 + random(120)];
      const filter: AccessFilter = {
        kind: maybe(() => among(accessKinds)),
        credentialId: maybe(() => among([...credentials, 'api_unknown'])),
        from: maybe(() => momentOf(random(50))),
        to: maybe(() => momentOf(random(50))),
      };
      const told: string[] = [];
      for (let after: Place | undefined; ;) {
        const page = await new Concerning(database, id, filter, { size, after }).rows();
        told.push(...page.map((row) => row.id));
        after = page.at(-1);
        if (page.length < size) break;
      }
      const expected = inOrder.filter((one) => concerns(id, one) && isAsked(filter, one));
      expect({ id, filter, told }).toEqual({ id, filter, told: expected.map((one) => one.id) });
    }
  });

  describe('cost nothing', () => {
    let asked: jest.SpyInstance<Promise<unknown[]>, [string, readonly unknown[]]>;
    beforeEach(() => {
      asked = jest.spyOn(database.engine, 'run');
    });
    afterEach(() => asked.mockRestore());

    /** Asks for a page, and how much was looked at for it. */
    async function looked(id: string, filter: AccessFilter, size = 20): Promise<{ rows: number; queries: number }> {
      asked.mockClear();
      await new Concerning(database, id, filter, { size, after: undefined }).rows();
      const queries = asked.mock.calls.map(([text, parameters]) => ({ text, parameters }));
      let rows = 0;
      for (const query of queries) rows += await (databases.engine === 'sqlite' ? inPlan(query) : inAnalysis(query));
      return { rows, queries: queries.length };
    }
    interface Query {
      readonly text: string;
      readonly parameters: readonly unknown[];
    }
    /** SQLite counts no rows, so the plan has to be a walk along an index that stops by itself. */
    async function inPlan({ text, parameters }: Query): Promise<number> {
      const explained = (await database.engine.run(`explain query plan ${text}`, parameters)) as { detail: string }[];
      for (const { detail } of explained) {
        expect(detail).not.toMatch(/TEMP B-TREE|SCAN accesses/);
        if (/SEARCH accesses /.test(detail)) expect(detail).toMatch(/accesses_(first|second|credential|of_subject) \(/);
        if (/accesses_of_subject/.test(detail))
          expect(detail).toMatch(/\(subject_type=\? AND subject_id=\? AND kind=\?/);
      }
      return 0;
    }
    async function inAnalysis({ text, parameters }: Query): Promise<number> {
      const [{ 'QUERY PLAN': explained }] = (await database.engine.run(
        `explain (analyze, format json) ${text}`,
        parameters,
      )) as [{ 'QUERY PLAN': [{ Plan: PlanNode }] }];
      return visited(explained[0].Plan);
    }

    it('however much was looked at that they are not about', async () => {
      const [kinds, moments] = [['history', 'export'], 2_000];
      const elsewhere = Array.from({ length: 20_000 }, (_, number) =>
        ofOrganization(`org_${number % 10}`, { kind: kinds[number % 2]!, at: momentOf(number % moments) }),
      );
      const everything = Array.from({ length: 5_000 }, (_, number) => record({ at: momentOf(number % moments) }));
      // With one of those who were looked at most there is a connection, which has just begun.
      await store([connection('org_late', 'org_0', momentOf(moments))], [...elsewhere, ...everything]);
      for (const id of ['org_alone', 'org_late']) {
        for (const filter of [
          {},
          { kind: 'export' },
          { kind: 'diff' },
          { credentialId: 'api_unknown' },
          { credentialId: 'api_A', kind: 'diff' },
          { to: momentOf(10) },
          { from: momentOf(moments) },
        ] as const) {
          const { rows, queries } = await looked(id, filter);
          // Whether a credential has few records is seen by as many.
          const most = 'credentialId' in filter ? 1_100 : 100;
          expect({ id, filter, isLittle: rows <= most && queries <= 15 }).toEqual({ id, filter, isLittle: true });
        }
      }
    });

    it('for those who have many partners, more than a look at each', async () => {
      const partners = Array.from({ length: 1_200 }, (_, at) => `org_${at}`);
      const records = partners.flatMap((id) =>
        Array.from({ length: 5 }, (_, at) => ofOrganization(id, { at: momentOf(10 + at) })),
      );
      await store(
        partners.map((id) => connection('org_many', id, momentOf(0))),
        records,
      );
      const { rows, queries } = await looked('org_many', {});
      expect(rows).toBeLessThan(5 * partners.length);
      expect(queries).toBeLessThan(60);
    });
  });
});

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How many rows were looked at below a node of a plan. */
const visited = ({ Plans: below = [], ...node }: PlanNode): number =>
  below.length > 0
    ? below.reduce((sum, one) => sum + visited(one), 0)
    : node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
