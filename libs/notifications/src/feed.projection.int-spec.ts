import { connectionIdOf } from '@connections/connection/connection-id';
import {
  destinationId,
  everything,
  openReadModel,
  type ReadModelUnderTest,
  sourceId,
} from '@connections/connection/testing/read-model';
import type { Database } from '@connections/database/database';
import { describeDatabases } from '@connections/database/testing/databases';
import type { Step } from '@connections/connection/domain/lifecycle';
import { apply, Unprojectable } from '@connections/event-store/projection';
import type { Projector } from '@connections/event-store/projector';
import { rebuild } from '@connections/event-store/rebuild';
import { Feed, type FeedPlace } from './feed';
import { feedProjection } from './feed.projection';
import type { FeedTables } from './feed.table';

describeDatabases('the feed', (databases) => {
  let model: ReadModelUnderTest;
  let feed: Feed;
  const database = (): Database<FeedTables> => model.database.as();
  beforeEach(async () => {
    model = await openReadModel(databases);
  });
  afterEach(() => model.close());

  const walk = (...steps: [connection: number, step: Step][]): Promise<void> =>
    model.play(steps.map(([connection, step]) => ({ connection, step })));
  const followed = async (): Promise<Projector> => {
    const projector = model.projector({ projection: feedProjection });
    await projector.start();
    expect(await model.caughtUp(projector)).toBe(true);
    feed = new Feed(database());
    return projector;
  };
  const told = (places: readonly FeedPlace[]): string[] =>
    places.map(({ connectionId, revision }) => `${connectionId}@${revision}`);
  const place = (connection: number, revision: number): string =>
    `${connectionIdOf(sourceId, destinationId(connection))}@${revision}`;

  it('has what happened to all connections of an organization, in the order of the log, and nothing of others', async () => {
    await walk([1, 'create'], [2, 'create'], [1, 'activate'], [2, 'deactivate'], [1, 'deactivate']);
    await followed();
    const all = [place(1, 0), place(2, 0), place(1, 1), place(2, 1), place(1, 2)];
    expect(told(await feed.after(sourceId, '', 10))).toEqual(all);
    expect(told(await feed.after(destinationId(1), '', 10))).toEqual([place(1, 0), place(1, 1), place(1, 2)]);
    expect(told(await feed.after(destinationId(2), '', 10))).toEqual([place(2, 0), place(2, 1)]);
    expect(told(await feed.after('org_Stranger', '', 10))).toEqual([]);
    expect(told(await feed.after(null, '', 10))).toEqual(all);
  });

  it('tells which event is at a position, whosever it is', async () => {
    await walk([1, 'create'], [2, 'create'], [1, 'activate']);
    await followed();
    for (const event of await feed.after(null, '', 10)) expect(await feed.at(event.position)).toEqual(event);
    expect(await feed.at('')).toBeNull();
    expect(await feed.at('9999999999999999')).toBeNull();
  });

  it('goes on behind any position, page by page, with no gap and no repeat', async () => {
    await walk([1, 'create'], [2, 'create'], [1, 'activate'], [3, 'create'], [2, 'activate'], [1, 'deactivate']);
    await followed();
    const pages: string[] = [];
    let after = '';
    for (;;) {
      const page = await feed.after(sourceId, after, 2);
      if (page.length === 0) break;
      pages.push(...told(page));
      after = page.at(-1)!.position;
    }
    expect(pages).toEqual(told(await feed.after(sourceId, '', 100)));
    expect(pages).toHaveLength(6);
  });

  it('says whose feeds changed between two positions', async () => {
    await walk([1, 'create'], [2, 'create'], [2, 'activate']);
    await followed();
    const [first, , third] = await feed.after(sourceId, '', 10);
    expect(await feed.changedBetween(first!.position, third!.position)).toEqual(new Set([sourceId, destinationId(2)]));
    expect(await feed.changedBetween(third!.position, third!.position)).toEqual(new Set());
  });

  it('knows whose a connection is that began before', async () => {
    await walk([1, 'create'], [2, 'create']);
    const projector = await followed();
    await walk([2, 'activate'], [1, 'deactivate']);
    expect(await model.caughtUp(projector)).toBe(true);
    expect(told(await feed.after(destinationId(1), '', 10))).toEqual([place(1, 0), place(1, 1)]);
    expect(told(await feed.after(destinationId(2), '', 10))).toEqual([place(2, 0), place(2, 1)]);
  });

  it('is changed by nothing that it has seen before', async () => {
    await walk([1, 'create'], [1, 'activate']);
    await followed();
    const before = await database().reader.selectFrom('feed').selectAll().execute();
    const events = await everything(model.store);
    await database().transaction('relaxed', (tx) => apply(feedProjection, tx, 'feed', events));
    expect(await database().reader.selectFrom('feed').selectAll().execute()).toEqual(before);
  });

  it('comes out the same when it is made anew', async () => {
    await walk([1, 'create'], [2, 'create'], [1, 'activate'], [2, 'deactivate']);
    await followed();
    const rows = () => database().reader.selectFrom('feed').selectAll().orderBy('position').execute();
    const before = await rows();
    await rebuild(model.store, model.database.as(), feedProjection);
    expect(before).toHaveLength(4);
    expect(await rows()).toEqual(before);
  });

  it('stands still at an event of which nothing tells whose it is', async () => {
    await walk([1, 'create'], [1, 'activate']);
    const [, activation] = await everything(model.store);
    await feedProjection.create(model.database.as<unknown>().writer, 'feed', 1);
    const applied = database().transaction('relaxed', (tx) => apply(feedProjection, tx, 'feed', [activation!]));
    await expect(applied).rejects.toThrow(Unprojectable);
  });
});
