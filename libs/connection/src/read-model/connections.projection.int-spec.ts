import fc from 'fast-check';
import { sql } from 'kysely';
import { describeDatabases } from '@connections/database/testing/databases';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { apply, Unprojectable } from '@connections/event-store/projection';
import { connectionIdOf } from '../connection-id';
import { type Attempt, everything, openReadModel, type ReadModelUnderTest, streamOfPair } from '../testing/read-model';
import { commitmentTo } from '../texts';
import { connectionsProjection } from './connections.projection';

describeDatabases('the row of a connection', (databases) => {
  let model: ReadModelUnderTest;
  beforeEach(async () => {
    model = await openReadModel(databases);
    await connectionsProjection.create(model.database.as<unknown>().writer, 'connections', 1);
  });
  afterEach(() => model.close());

  /** Delivers events as a projector does: each batch in a transaction. */
  const deliver = (events: readonly LoggedEvent[]): Promise<void> =>
    model.database.transaction('relaxed', (tx) => apply(connectionsProjection, tx, 'connections', events));
  const history = async (...attempts: Attempt[]): Promise<LoggedEvent[]> => {
    const before = await model.store.head();
    await model.play(attempts);
    const events: LoggedEvent[] = [];
    for await (const batch of model.store.subscribe({ after: before })) {
      events.push(...batch.events);
      if (events.at(-1)?.position === (await model.store.head())) break;
    }
    return events;
  };

  const at = (day: number): string => `2026-06-0${day}T00:00:00.000Z`;
  const created: Attempt = { connection: 1, step: 'create', at: at(1) };
  const activated: Attempt = { connection: 1, step: 'activate', at: at(2) };
  const deactivated: Attempt = { connection: 1, step: 'deactivate', at: at(3) };
  const returned: Attempt = { connection: 1, step: 'reactivate', at: at(4) };
  const pending = {
    id: connectionIdOf('org_S', 'org_D1'),
    revision: 0,
    created_position: '0000000000000001',
    source_organization_id: 'org_S',
    destination_organization_id: 'org_D1',
    name: null,
    name_commitment: commitmentTo('0'.repeat(64), 'Partner 1 🤝'),
    scopes: '["account.read","inquiry.read"]',
    status: 'pending',
    creator_id: 'api of org_S',
    creator_type: 'api-key',
    deactivated_by: null,
    created_at: at(1),
    updated_at: at(1),
  };

  it('is pending when it was created', async () => {
    await deliver(await history(created));
    expect(await model.rows()).toEqual([pending]);
  });

  it('is active when it was activated', async () => {
    await deliver(await history(created, activated));
    expect(await model.rows()).toEqual([{ ...pending, revision: 1, status: 'active', updated_at: at(2) }]);
  });

  it('is inactive when it was deactivated, and says by whom', async () => {
    await deliver(await history(created, activated, deactivated));
    expect(await model.rows()).toEqual([
      { ...pending, revision: 2, status: 'inactive', deactivated_by: 'destination', updated_at: at(3) },
    ]);
  });

  it('is pending again when it was returned', async () => {
    await deliver(await history(created, activated, deactivated, returned));
    expect(await model.rows()).toEqual([{ ...pending, revision: 3, updated_at: at(4) }]);
  });

  it('is the same whether its events came in one batch or one by one', async () => {
    for (const event of await history(created, activated, deactivated)) await deliver([event]);
    expect(await model.rows()).toEqual([
      { ...pending, revision: 2, status: 'inactive', deactivated_by: 'destination', updated_at: at(3) },
    ]);
    await deliver(await history(returned));
    expect(await model.rows()).toEqual([{ ...pending, revision: 3, updated_at: at(4) }]);
  });

  it('has no name where none was given', async () => {
    await deliver(await history({ connection: 3, step: 'create' }));
    expect(await model.rows()).toMatchObject([{ name: null, name_commitment: null }]);
  });

  it('is one of very many in one batch', async () => {
    const numbers = Array.from({ length: 700 }, (_, connection) => connection);
    await deliver(await history(...numbers.map((connection) => ({ connection, step: 'create' }) as const)));
    await deliver(await history(...numbers.map((connection) => ({ connection, step: 'activate' }) as const)));
    expect(await model.rows()).toHaveLength(700);
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('does not change when the same batch comes again', async () => {
    const events = await history(created, activated, { connection: 2, step: 'create' });
    await deliver(events);
    const before = await model.rows();
    await deliver(events);
    expect(await model.rows()).toEqual(before);
  });

  it('does not go back when an old batch comes again, even the one that created it', async () => {
    const batches = [await history(created), await history(activated), await history(deactivated)];
    for (const batch of batches) await deliver(batch);
    const before = await model.rows();
    for (const batch of batches) {
      await deliver(batch);
      expect(await model.rows()).toEqual(before);
    }
  });

  it('is the same however its history is cut into batches, and whichever of them come again', async () => {
    const steps = (connection: number): Attempt[] =>
      (['create', 'activate', 'deactivate', 'reactivate', 'activate', 'deactivate'] as const).map((step): Attempt => ({
        connection,
        step,
      }));
    const redaction = { type: 'ConnectionTextRedacted', data: { revision: 0, commitment: 'a'.repeat(64) } } as const;
    const [one, other, third] = [steps(1), steps(2), steps(4)];
    await model.play([...one.slice(0, 3), ...other.slice(0, 2)]);
    const metadata = { ...(await everything(model.store))[0]!.metadata, 'schema-version': 1 };
    await model.appendRaw(1, { ...redaction, metadata });
    await model.play([...third.slice(0, 1), ...other.slice(2), ...one.slice(3)]);
    for (const connection of [4, 2, 2]) await model.appendRaw(connection, { ...redaction, metadata });
    await model.play(third.slice(1));
    const [events, expected] = [await everything(model.store), await model.rowsByTheLog()];
    let tables = 0;
    const cuts = fc.array(fc.tuple(fc.nat(events.length), fc.nat(6)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const table = `connections_${(tables += 1)}`;
        await connectionsProjection.create(model.database.as<unknown>().writer, table, 1 + tables);
        let seen = 0;
        // Each batch begins with an event already applied, or with the next one, and some contain events twice.
        for (const [to, again] of [...places.toSorted(([a], [b]) => a - b), [events.length, 0] as const]) {
          const batch = [...events.slice(Math.max(0, seen - again), to), ...events.slice(Math.max(0, to - again), to)];
          await model.database.transaction('relaxed', (tx) => apply(connectionsProjection, tx, table, batch));
          seen = Math.max(seen, to);
        }
        const { rows } = await sql<object>`select * from ${sql.table(table)} order by id`.execute(
          model.database.reader,
        );
        expect(rows).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('begins anew where it was created a second time, which no command does', async () => {
    const [first, second] = await history(created, activated);
    const { type, data, metadata } = first!;
    await model.appendRaw(1, { type, data, metadata });
    const third = (await everything(model.store)).at(-1)!;
    await deliver([first!]);
    await deliver([second!, third]);
    expect(await model.rows()).toEqual([{ ...pending, revision: 2 }]);
    expect(await model.rows()).toEqual(await model.rowsByTheLog());
  });

  it('is not made up where events are missing', async () => {
    const [first, , third] = await history(created, activated, deactivated);
    await deliver([first!]);
    await expect(deliver([third!])).rejects.toThrow(Unprojectable);
    await expect(deliver([third!])).rejects.toThrow(`${streamOfPair(1)}@2`);
    expect(await model.rows()).toEqual([pending]);
  });

  it('is not made of the events of other streams', async () => {
    const [event] = await history(created);
    await deliver([{ ...event!, stream: 'invoice-1', type: 'InvoiceSent' }]);
    expect(await model.rows()).toEqual([]);
  });
});
