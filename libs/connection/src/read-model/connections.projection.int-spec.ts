import type { Kysely } from 'kysely';
import { describeDatabases } from '@connections/database/testing/databases';
import type { LoggedEvent } from '@connections/event-store/event-store';
import { Unprojectable } from '@connections/event-store/projection';
import { connectionIdOf } from '../connection-id';
import { type Attempt, openReadModel, type ReadModelUnderTest, streamOfPair } from '../testing/read-model';
import { commitmentTo } from '../texts';
import { connectionsProjection } from './connections.projection';

describeDatabases('the row of a connection', (databases) => {
  let model: ReadModelUnderTest;
  beforeEach(async () => {
    model = await openReadModel(databases);
    await connectionsProjection.create(model.database.as<unknown>().writer, 'connections', 1);
  });
  afterEach(() => model.close());

  /** Delivers events as a projector does: a batch, a transaction. */
  const deliver = (events: readonly LoggedEvent[]): Promise<void> =>
    model.database.transaction('relaxed', (tx) =>
      connectionsProjection.apply(tx as unknown as Kysely<unknown>, 'connections', events),
    );
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
