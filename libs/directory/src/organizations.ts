import { type Expression, type Kysely, type RawBuilder, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Database } from '@connections/database/database';
import { newestFirst, type PageRequest } from './creation-order';
import type { DirectoryTables } from './directory.tables';
import { newId } from './identifiers';
import { forgottenBefore, type Settle, unsettled } from './retries';

export interface Organization {
  readonly id: string;
  readonly name: string;
  /** ISO-8601 UTC. */
  readonly createdAt: string;
}

/** The organizations that may connect. Once created, an organization never changes. */
export class Organizations {
  /** Organizations never change, so these stay valid. */
  readonly #known = new LRUCache<string, Organization>({ max: 10_000 });

  readonly #byId: (parameters: readonly unknown[]) => Promise<DirectoryTables['organizations'][]>;

  constructor(private readonly database: Database<DirectoryTables>) {
    const byId = database.reader.selectFrom('organizations').selectAll().where('id', '=', '');
    this.#byId = database.prepare(byId.compile());
  }

  /** @param request identifies the request, so that a retry returns the organization that it created. */
  async create(
    name: string,
    at: Date,
    request: string | null = null,
    settle: Settle<Organization> = unsettled,
  ): Promise<Organization> {
    const row = { id: newId('org'), name, created_at: at.toISOString(), request };
    return this.database.transaction('durable', async (tx) => {
      await tx
        .updateTable('organizations')
        .set({ request: null })
        .where('request', '=', request)
        .where('created_at', '<', forgottenBefore(at))
        .execute();
      const made = toOrganization(
        await tx
          .insertInto('organizations')
          .values(row)
          // Changes nothing, but makes the statement return the existing row.
          .onConflict((conflict) => conflict.column('request').doUpdateSet({ request }))
          .returningAll()
          .executeTakeFirstOrThrow(),
      );
      await settle(tx, made);
      return made;
    });
  }

  async find(id: string): Promise<Organization | null> {
    const known = this.#known.get(id);
    if (known) return known;
    const [row] = await this.#byId([id]);
    if (!row) return null;
    const organization = toOrganization(row);
    this.#known.set(id, organization);
    return organization;
  }

  /** The names of organizations, each looked up once; without those that do not exist. */
  async names(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const [names, others] = [new Map<string, string>(), new Set<string>()];
    for (const id of ids) {
      const known = this.#known.get(id);
      if (known) names.set(id, known.name);
      else others.add(id);
    }
    if (others.size === 0) return names;
    for (const found of await Promise.all([...others].map((id) => this.find(id)))) {
      if (found) names.set(found.id, found.name);
    }
    return names;
  }

  /** Whether the organization exists; synchronous if it was read before. */
  isKnown(id: string): boolean | Promise<boolean> {
    return this.#known.has(id) || this.find(id).then((organization) => organization !== null);
  }

  /** Newest first. */
  async list(page: PageRequest): Promise<Organization[]> {
    const rows = await newestFirst(this.database.reader.selectFrom('organizations').selectAll(), page).execute();
    return rows.map(toOrganization);
  }
}

/**
 * For queries of other modules in the same database: the name of the organization with an id; null if there is none.
 */
export const nameOfOrganization = (id: Expression<string>): RawBuilder<string | null> =>
  sql`(select organizations.name from organizations where organizations.id = ${id})`;

const toOrganization = (row: DirectoryTables['organizations']): Organization => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
});

/** Locks the row of an organization until the transaction ends, so that such changes are made one after the other. */
export async function holdOrganization(tx: Kysely<DirectoryTables>, id: string): Promise<void> {
  await tx
    .updateTable('organizations')
    .set((where) => ({ name: where.ref('name') }))
    .where('id', '=', id)
    .execute();
}
