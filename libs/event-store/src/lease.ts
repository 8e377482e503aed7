import { type Kysely, sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { nowOf, textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';
import type { Projection } from './projection';

/** Who does what only one process at a time may do, one row each. */
export interface LeaseTables {
  leases: {
    name: string;
    /** Names a process; empty when nobody holds it. */
    holder: string;
    /** Until when, in milliseconds since 1970 by the clock of the database. */
    held_until: number;
  };
}

export const leaseMigrations: Migrations = {
  '0004-leases': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('leases')
        .addColumn('name', textOf(db), (column) => column.primaryKey())
        .addColumn('holder', textOf(db), (column) => column.notNull())
        .addColumn('held_until', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};

/** The lease of whoever feeds a projection: one form of its table has one projector, and another form another. */
export const leaseOfProjection = ({ name, version }: Pick<Projection, 'name' | 'version'>): string =>
  `projection ${name} ${version}`;

/** Null where nobody shares the database. @param holder this process. */
export const leaseWhereShared = (database: Database<LeaseTables>, name: string, holder: string): Lease | null =>
  database.engine.name === 'sqlite' ? null : new Lease(database, name, holder);

/** A lease that is not renewed for so long, in milliseconds, is free for others. */
export const LEASE_LASTS = 3_000;
const RENEW_EVERY = 1_000;
/**
 * One that is held for longer than this to come, in milliseconds, was taken before the clock was put back, by somebody
 * who may be dead. Far more than it lasts, since whoever waits to take it may go by a moment that is seconds ago.
 */
const NEVER_SO_LONG = 60_000;

/**
 * The right of one process among several to do a thing. It lapses by itself when its holder dies or stands still, so
 * whoever acts upon it must be fenced as well: see `held`.
 */
export class Lease {
  constructor(
    private readonly database: Database<LeaseTables>,
    readonly name: string,
    /** This process. */
    readonly holder: string,
  ) {}

  /** Takes it or renews it. @returns false when another process holds it. */
  async take(): Promise<boolean> {
    const { writer } = this.database;
    const now = nowOf(writer);
    const row = { holder: this.holder, held_until: sql<number>`${now} + ${sql.lit(LEASE_LASTS)}` };
    const { numInsertedOrUpdatedRows } = await writer
      .insertInto('leases')
      .values({ name: this.name, ...row })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet(row)
          .where((where) =>
            where.or([
              where('leases.holder', '=', this.holder),
              where('leases.held_until', '<', now),
              where('leases.held_until', '>', sql<number>`${now} + ${sql.lit(NEVER_SO_LONG)}`),
            ]),
          ),
      )
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** A subquery with a row only while this process holds it: what is written under such a condition is fenced. */
  held() {
    return this.database.writer
      .selectFrom('leases')
      .select('name')
      .where('name', '=', this.name)
      .where('holder', '=', this.holder);
  }

  /** Lets another process have it at once; of no effect when this one does not hold it. */
  async release(): Promise<void> {
    await this.database.writer
      .updateTable('leases')
      .set({ held_until: 0 })
      .where('name', '=', this.name)
      .where('holder', '=', this.holder)
      .execute();
  }
}

/**
 * Works for as long as a lease is held, renewing it meanwhile.
 * @param work ends when its signal is given: the lease is lost, or `stopping` is given.
 * @returns false, without having worked, when another process holds it.
 */
export async function whileHeld(
  lease: Lease,
  stopping: AbortSignal,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<boolean> {
  if (!(await lease.take())) return false;
  const lost = new AbortController();
  let renewed = performance.now();
  const renewals = new Set<Promise<unknown>>();
  const renewing = setInterval(() => {
    const renewal = lease
      .take()
      .then(
        (held) => (held ? (renewed = performance.now()) : lost.abort()),
        // The database may be back before the lease has lapsed.
        () => performance.now() - renewed > LEASE_LASTS && lost.abort(),
      )
      .finally(() => renewals.delete(renewal));
    renewals.add(renewal);
  }, RENEW_EVERY);
  try {
    await work(AbortSignal.any([stopping, lost.signal]));
    return true;
  } catch (error) {
    // What was broken off since another holds the lease now is no fault.
    if (lost.signal.aborted && (error as { readonly name?: unknown }).name === 'AbortError') return true;
    throw error;
  } finally {
    clearInterval(renewing);
    // One that comes behind the release would take the lease for nobody.
    await Promise.all(renewals);
    // Where this fails as well, the lease lapses by itself.
    await lease.release().catch(() => undefined);
  }
}
