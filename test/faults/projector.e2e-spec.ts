import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type Attempt, openReadModel, type ReadModelUnderTest } from '@connections/connection/testing/read-model';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { textMigrations } from '@connections/connection/texts';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { Lease, leaseMigrations, type LeaseTables } from '@connections/event-store/lease';
import { projectionMigrations } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import { until } from '../support/until';
import { Interruption, type Manner } from './interrupted-database';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** More boundaries than a batch has. */
const NEVER = Number.POSITIVE_INFINITY;

describeDatabases('a projector that is broken off at a boundary of its statements', (databases) => {
  let model: ReadModelUnderTest;
  let rounds = 0;
  beforeAll(async () => {
    model = await openReadModel(databases);
    await migrate(model.database.as<never>().writer, {
      ...projectionMigrations,
      ...textMigrations,
      ...leaseMigrations,
    });
    await project(new Interruption(NEVER, 'aborted'));
  });
  afterAll(() => model.close());

  /** A new connection, and steps of those that are there: rows to be made, and rows to be changed. */
  function batch(): Attempt[] {
    rounds += 1;
    return [
      { connection: rounds, step: 'create' },
      { connection: rounds, step: 'activate' },
      { connection: rounds - 1, step: 'deactivate' },
      { connection: rounds - 2, step: 'reactivate' },
    ];
  }

  const projectorOn = (interruption: Interruption): Projector => {
    const database = interruption.of(model.database.as<LeaseTables>());
    const lease = databases.engine === 'sqlite' ? null : new Lease(database, 'connections', randomUUID());
    return new Projector(model.store, database.as(), connectionsProjection, quiet, lease);
  };

  /** Has a projector of its own project what is new. @returns the boundaries that it passed. */
  async function project(interruption: Interruption): Promise<number> {
    await model.play(batch());
    const projector = projectorOn(interruption);
    await projector.start();
    const before = interruption.boundaries;
    expect(await model.caughtUp(projector)).toBe(true);
    await projector.stop();
    return interruption.boundaries - before;
  }

  const hasTheLog = async (): Promise<void> => expect(await model.rows()).toEqual(await model.rowsByTheLog());

  const everyBoundary = async (manner: Manner, check: (interruption: Interruption) => Promise<void>): Promise<void> => {
    const count = new Interruption(NEVER, manner);
    await project(count);
    // Around the checkpoint, the rows read and the rows written, and around all of it.
    expect(count.boundaries).toBeGreaterThanOrEqual(8);
    for (let at = 0; at < count.boundaries; at += 1) {
      const interruption = new Interruption(at, manner);
      await model.play(batch());
      await check(interruption);
      await hasTheLog();
    }
  };

  it('goes on by itself when its transaction fails there, and its rows are those of the log', () =>
    everyBoundary('aborted', async (interruption) => {
      const projector = projectorOn(interruption);
      await projector.start();
      await interruption.struck.promise;
      expect(await model.caughtUp(projector)).toBe(true);
      await projector.stop();
    }));

  it('is followed by another when it dies there, and the rows are those of the log', () =>
    everyBoundary('killed', async (interruption) => {
      const dead = projectorOn(interruption);
      void dead.start();
      await interruption.struck.promise;
      await lapse();
      const next = projectorOn(new Interruption(NEVER, 'killed'));
      await next.start();
      await until('the next one has caught up', () => model.caughtUp(next));
      await dead.stop();
      await next.stop();
    }));

  /** Makes it seem as if the lease had not been renewed for long. */
  async function lapse(): Promise<void> {
    await sql`update leases set held_until = 0`.execute(model.database.writer);
  }
});
