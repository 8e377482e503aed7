import { join } from 'node:path';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { describeDatabases } from '@connections/database/testing/databases';
import { rebuild } from '@connections/event-store/rebuild';
import { NotComparable, type VerifiedProjection, verifyProjection } from '@connections/event-store/verify-projection';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { type Attempt, destinationId, openReadModel, type ReadModelUnderTest, sourceId } from '../testing/read-model';
import { connectionIdOf } from '../connection-id';
import { connectionsProjection } from './connections.projection';

/** More events than are replayed at once, and more rows than are compared at once. */
const MANY = 2_500;
const many: Attempt[] = Array.from({ length: MANY }, (_, connection) => ({ connection, step: 'create' }));
const idOf = (connection: number): string => connectionIdOf(sourceId, destinationId(connection));

describeDatabases('a verification of the connections', (databases) => {
  const folder = temporaryFolder();
  let model: ReadModelUnderTest;
  let files = 0;
  beforeEach(async () => {
    model = await openReadModel(databases);
  });
  afterEach(() => model.close());
  afterAll(() => folder.remove());

  async function verify(options: Parameters<typeof verifyProjection>[4] = {}): Promise<VerifiedProjection> {
    const scratch = openSqliteDatabase(join(folder.path, `${(files += 1)}.sqlite`));
    try {
      return await verifyProjection(model.store, model.database.as(), connectionsProjection, scratch, options);
    } finally {
      await scratch.close();
    }
  }
  const rebuildNow = () => rebuild(model.store, model.database.as(), connectionsProjection);

  it('finds the table to be what the log says, and changes nothing', async () => {
    await model.play([...many, { connection: 3, step: 'activate' }, { connection: 3, step: 'deactivate' }]);
    await rebuildNow();
    const [rows, checkpoint] = [await model.rows(), await model.checkpoint()];
    const shown: number[] = [];
    const verified = await verify({ onReplay: ({ done, total }) => shown.push(done, total) });
    const clean = { differing: 0, missing: 0, surplus: 0, differences: [] };
    expect(verified).toEqual({ position: checkpoint?.position, events: MANY + 2, rows: MANY, ...clean });
    expect(shown.slice(-2)).toEqual([MANY + 2, MANY + 2]);
    expect([await model.rows(), await model.checkpoint()]).toEqual([rows, checkpoint]);
    expect((await model.tables()).filter((name) => name.startsWith('connections'))).toEqual(['connections']);
  });

  it('names the rows that somebody changed, removed and put in', async () => {
    await model.play(many);
    await rebuildNow();
    const { writer } = model.database;
    await writer.updateTable('connections').set({ status: 'active', revision: 1 }).where('id', '=', idOf(17)).execute();
    await writer.deleteFrom('connections').where('id', '=', idOf(400)).execute();
    const [row] = await model.rows();
    await writer.insertInto('connections').values({ ...row!, id: 'cxn_FORGED' }).execute(); // prettier-ignore
    const { differing, missing, surplus, differences } = await verify();
    expect({ differing, missing, surplus }).toEqual({ differing: 1, missing: 1, surplus: 1 });
    expect(differences).toHaveLength(3);
    expect(differences).toContainEqual({ key: { id: idOf(400) }, kind: 'missing', columns: [] });
    expect(differences).toContainEqual({ key: { id: 'cxn_FORGED' }, kind: 'surplus', columns: [] });
    const columns = [
      { column: 'revision', live: 1, replayed: 0 },
      { column: 'status', live: 'active', replayed: 'pending' },
    ];
    expect(differences).toContainEqual({ key: { id: idOf(17) }, kind: 'differs', columns });
  });

  it('compares as far as the table has come, and no further', async () => {
    await model.play(many);
    await rebuildNow();
    await model.play([{ connection: 1, step: 'activate' }]);
    const checkpoint = await model.checkpoint();
    expect(await verify()).toMatchObject({
      position: checkpoint?.position,
      events: MANY,
      differing: 0,
      missing: 0,
      surplus: 0,
    });
  });

  it('holds while the service writes and projects', async () => {
    await model.play(many);
    const projector = model.projector();
    await projector.start();
    await model.caughtUp(projector);
    const playing: Promise<void>[] = [];
    const onReplay = (): void =>
      void playing.push(model.play(many.slice(0, 300).map(({ connection }) => ({ connection, step: 'activate' }))));
    const verified = await verify({ onReplay });
    await Promise.all(playing);
    expect(verified).toMatchObject({ rows: MANY, differing: 0, missing: 0, surplus: 0 });
    expect(verified.events).toBeGreaterThanOrEqual(MANY);
  });

  it('compares what is there at one moment, though a rebuild takes its place meanwhile', async () => {
    await model.play(many);
    await rebuildNow();
    let rebuilding: Promise<unknown> | undefined;
    const onCompare = (): void => void (rebuilding ??= rebuildNow());
    expect(await verify({ onCompare })).toMatchObject({ rows: MANY, differing: 0, missing: 0, surplus: 0 });
    await rebuilding;
    expect(await verify()).toMatchObject({ rows: MANY, differing: 0, missing: 0, surplus: 0 });
  });

  it('says why there is nothing to compare', async () => {
    await expect(verify()).rejects.toThrow(new NotComparable('The projection connections is not made yet. Start the service, which makes it.')); // prettier-ignore
    await model.play(many.slice(0, 2));
    await rebuildNow();
    await model.database.writer.updateTable('projections').set({ version: 0 }).execute();
    await expect(verify()).rejects.toThrow(/has form 0, and this version of the service uses \d/);
    const { version } = connectionsProjection;
    await model.database.writer.updateTable('projections').set({ version, position: '9' }).execute();
    await expect(verify()).rejects.toThrow(/has seen events up to 9, and the log ends at/);
  });

  it('ends when it is interrupted', async () => {
    await model.play(many);
    await rebuildNow();
    const interruption = new AbortController();
    const onReplay = (): void => interruption.abort(new Error('enough'));
    await expect(verify({ signal: interruption.signal, onReplay })).rejects.toThrow('enough');
  });
});
