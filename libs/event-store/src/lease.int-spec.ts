import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { Lease, leaseMigrations, type LeaseTables, whileHeld } from './lease';

describeDatabases('a lease', (databases) => {
  let database: Database<LeaseTables>;
  beforeEach(async () => {
    database = await databases.open();
    await migrate(database.writer as unknown as Kysely<never>, leaseMigrations);
  });

  const leaseOf = (holder: string): Lease => new Lease(database, 'work', holder);
  /** Shifts the lease, as if this many milliseconds had passed. */
  const age = (milliseconds: number) =>
    database.writer
      .updateTable('leases')
      .set({ held_until: sql<number>`held_until - ${sql.lit(milliseconds)}` })
      .execute();
  const isHeldBy = async (lease: Lease): Promise<boolean> => (await lease.held().execute()).length > 0;

  it('is held by whoever takes it first, for as long as that one renews it', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    expect(await one.take()).toBe(true);
    expect(await other.take()).toBe(false);
    await age(2_000);
    expect(await one.take()).toBe(true);
    await age(2_000);
    expect(await other.take()).toBe(false);
    expect(await isHeldBy(one)).toBe(true);
    expect(await isHeldBy(other)).toBe(false);
  });

  it('passes to another when it was not renewed in time, and the first one does not get it back', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    await one.take();
    await age(3_100);
    expect(await other.take()).toBe(true);
    expect(await isHeldBy(one)).toBe(false);
    expect(await one.take()).toBe(false);
  });

  it('passes to another when the clock of the database was put back after it was taken', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    await one.take();
    await age(-3_600_000);
    expect(await other.take()).toBe(true);
    expect(await isHeldBy(one)).toBe(false);
  });

  it('passes to another at once when it is released, and only its holder can do that', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    await one.take();
    await other.release();
    expect(await other.take()).toBe(false);
    await one.release();
    expect(await other.take()).toBe(true);
  });

  it('is got by exactly one of many who ask at once', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => leaseOf(`process ${n}`).take()));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('is one of its own for each name', async () => {
    expect(await new Lease(database, 'one thing', 'one').take()).toBe(true);
    expect(await new Lease(database, 'another thing', 'other').take()).toBe(true);
  });

  it('is worked under until the work ends, and then free', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    const stopping = new AbortController();
    const begun = Promise.withResolvers<null>();
    const working = whileHeld(one, stopping.signal, async (lost) => {
      begun.resolve(null);
      await new Promise((resolve) => lost.addEventListener('abort', resolve));
    });
    await begun.promise;
    expect(await whileHeld(other, stopping.signal, () => Promise.reject(new Error('worked all the same')))).toBe(false);
    stopping.abort();
    expect(await working).toBe(true);
    expect(await other.take()).toBe(true);
  });

  it('is not taken again by a renewal that was under way when the work ended', async () => {
    const [asked, answer, stopping] = [
      Promise.withResolvers<null>(),
      Promise.withResolvers<null>(),
      new AbortController(),
    ];
    const other = leaseOf('other');
    const happened: string[] = [];
    class SlowlyRenewed extends Lease {
      #taken = false;
      override async take(): Promise<boolean> {
        if (!this.#taken) return (this.#taken = await super.take());
        asked.resolve(null);
        await answer.promise;
        const held = await super.take();
        happened.push('renewed');
        return held;
      }
      override async release(): Promise<void> {
        happened.push('released');
        await super.release();
      }
    }
    const working = whileHeld(new SlowlyRenewed(database, 'work', 'one'), stopping.signal, async (lost) => {
      await new Promise((resolve) => lost.addEventListener('abort', resolve));
    });
    await asked.promise;
    stopping.abort();
    // By then the work has ended.
    setImmediate(() => answer.resolve(null));
    await working;
    expect(happened).toEqual(['renewed', 'released']);
    expect(await other.take()).toBe(true);
  });

  it('is lost without a fault, where that breaks off what the one who works was waiting for', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    const working = (fault?: Error): Promise<boolean> =>
      whileHeld(one, new AbortController().signal, async (lost) => {
        await age(3_100);
        expect(await other.take()).toBe(true);
        await delay(60_000, undefined, { signal: lost }).catch((error: unknown) => {
          throw fault ?? error;
        });
      });
    expect(await working()).toBe(true);
    await other.release();
    await expect(working(new Error('something else'))).rejects.toThrow('something else');
  });

  it('tells the one who works when it was lost', async () => {
    const [one, other] = [leaseOf('one'), leaseOf('other')];
    const worked = await whileHeld(one, new AbortController().signal, async (lost) => {
      await age(3_100);
      expect(await other.take()).toBe(true);
      // The next renewal finds the lease gone.
      await new Promise((resolve) => lost.addEventListener('abort', resolve));
    });
    expect(worked).toBe(true);
    expect(await isHeldBy(other)).toBe(true);
  });
});
