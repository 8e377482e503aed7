import { type Kysely, sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { nowOf, textOf } from '@connections/database/dialect';
import type { Migrations } from '@connections/database/migrate';
import type { Projection } from './projection';

/** The leases, one row each: which process does what only one at a time may do. */
export interface LeaseTables {
  leases: {
    name: string;
    /** The id of a process; empty when nobody holds it. */
    holder: string;
    /** When it expires, in milliseconds since 1970 by the clock of the database. */
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

/** The name of the lease for feeding a projection. Each version of one has its own table, and so its own lease. */
export const leaseOfProjection = ({ name, version }: Pick<Projection, 'name' | 'version'>): string =>
  `projection ${name} ${version}`;

/** Null if no other process shares the database. @param holder the id of this process. */
export const leaseWhereShared = (database: Database<LeaseTables>, name: string, holder: string): Lease | null =>
  database.engine.name === 'sqlite' ? null : new Lease(database, name, holder);

/** A lease that was not renewed for this long, in milliseconds, is free for others. */
export const LEASE_LASTS = 3_000;
const RENEW_EVERY = 1_000;
/**
 * A lease that expires more than this far in the future, in milliseconds, was taken before the clock was set back, by a
 * process that may be dead. Far longer than a lease lasts, since a process that waits to take it may compare with a
 * moment that is seconds old.
 */
const NEVER_SO_LONG = 60_000;

/**
 * The right of one process among several to do a thing. It expires by itself when its holder dies or hangs, so the
 * writes made under it must be fenced as well: see `held`.
 */
export class Lease {
  constructor(
    private readonly database: Database<LeaseTables>,
    readonly name: string,
    /** The id of this process. */
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

  /** A subquery with a row only while this process holds the lease: a write under this condition is fenced. */
  held() {
    return this.database.writer
      .selectFrom('leases')
      .select('name')
      .where('name', '=', this.name)
      .where('holder', '=', this.holder);
  }

  /** Frees the lease for others at once; no effect if this process does not hold it. */
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
 * @param work has to end when its signal is aborted: the lease is lost, or `stopping` is aborted.
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
        // The database may recover before the lease expires.
        () => performance.now() - renewed > LEASE_LASTS && lost.abort(),
      )
      .finally(() => renewals.delete(renewal));
    renewals.add(renewal);
  }, RENEW_EVERY);
  try {
    await work(AbortSignal.any([stopping, lost.signal]));
    return true;
  } catch (error) {
    // Work aborted because another process now holds the lease is no failure.
    if (lost.signal.aborted && (error as { readonly name?: unknown }).name === 'AbortError') return true;
    throw error;
  } finally {
    clearInterval(renewing);
    // A renewal after the release would take the lease with nobody to use it.
    await Promise.all(renewals);
    // If this fails as well, the lease expires by itself.
    await lease.release().catch(() => undefined);
  }
}
