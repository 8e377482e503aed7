import { timingSafeEqual } from 'node:crypto';
import type { Database } from '@connections/database/database';
import { newestFirst, type PageRequest } from './creation-order';
import type { DirectoryTables } from './directory.tables';
import { newId } from './identifiers';
import { KeyUses } from './key-uses';
import { RememberedRows } from './remembered-rows';
import { forgottenBefore, type Settle, unsettled } from './retries';
import type { Caller, Role } from './roles';
import { hashOf, newSecret } from './secrets';

/** A credential without its secret. Times are ISO-8601 UTC. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string | null;
  readonly role: Role;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Accurate to about a minute; null if it was never used. */
  readonly lastUsedAt: string | null;
}

export interface NewApiKey {
  readonly organizationId: string | null;
  readonly role: Role;
  readonly name: string;
  readonly expiresAt: string | null;
}

/** Keys are `cx_<id>_<secret>`; the id is that of the resource without its prefix. */
const KEY = /^cx_([0-9A-Za-z]{1,64})_([0-9A-Za-z]{32,128})$/;

/** Credentials: created once, shown once, stored as a hash, and revocable at once. */
export class ApiKeys {
  readonly #rows: RememberedRows<DirectoryTables['api_keys']>;
  readonly #uses: KeyUses;

  constructor(private readonly database: Database<DirectoryTables>) {
    const byId = database.prepare(database.reader.selectFrom('api_keys').selectAll().where('id', '=', '').compile());
    this.#rows = new RememberedRows((id) => byId([id]));
    this.#uses = new KeyUses(database);
  }

  /**
   * @param request identifies the request. If a first try created the key but its answer was lost, a retry gets the
   * same key with a new secret, since the first secret is stored nowhere and nobody received it.
   * @returns the credential, and the key: the only time that it can be seen.
   */
  async create(
    terms: NewApiKey,
    at: Date,
    request: string | null = null,
    settle: Settle<ApiKey> = unsettled,
  ): Promise<{ apiKey: ApiKey; key: string }> {
    const secret = newSecret();
    const row = {
      id: newId('api'),
      organization_id: terms.organizationId,
      role: terms.role,
      name: terms.name,
      secret_hash: hashOf(secret),
      created_at: at.toISOString(),
      expires_at: terms.expiresAt,
      revoked_at: null,
      last_used_at: null,
      request,
    };
    const stored = await this.database.transaction('durable', async (tx) => {
      await tx
        .updateTable('api_keys')
        .set({ request: null })
        .where('request', '=', request)
        .where((where) =>
          where.or([where('created_at', '<', forgottenBefore(at)), where('revoked_at', 'is not', null)]),
        )
        .execute();
      const made = await tx
        .insertInto('api_keys')
        .values(row)
        .onConflict((conflict) => conflict.column('request').doUpdateSet({ secret_hash: row.secret_hash }))
        .returningAll()
        .executeTakeFirstOrThrow();
      await settle(tx, toApiKey(made));
      return made;
    });
    this.#rows.forget(stored.id);
    return { apiKey: toApiKey(stored), key: `cx_${stored.id.slice('api_'.length)}_${secret}` };
  }

  /** The caller with this key; null when it is malformed, unknown, wrong, expired or revoked. */
  async authenticate(key: string, now: number): Promise<Caller | null> {
    const [, id, secret] = KEY.exec(key) ?? [];
    if (id === undefined || secret === undefined) return null;
    const [row] = await this.#rows.get(`api_${id}`);
    // Compares even for an unknown id, so that the time reveals nothing.
    const matches = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(row?.secret_hash ?? hashOf('')));
    if (!row || !matches || !isValid(row, now)) return null;
    this.#uses.note(row, now);
    return { type: 'api-key', id: row.id, role: row.role as Role, organizationId: row.organization_id };
  }

  /** Whether a caller admitted by this key would be admitted now. Does not count as a use of the key. */
  async isValid(id: string, now: number): Promise<boolean> {
    const [row] = await this.#rows.get(id);
    return row !== undefined && isValid(row, now);
  }

  async find(id: string): Promise<ApiKey | null> {
    const row = await this.database.reader.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? toApiKey(row) : null;
  }

  /** Newest first: those of one organization, or of all when none is named. */
  async list(page: PageRequest & { readonly organizationId?: string | undefined }): Promise<ApiKey[]> {
    let query = this.database.reader.selectFrom('api_keys').selectAll();
    if (page.organizationId !== undefined) query = query.where('organization_id', '=', page.organizationId);
    return (await newestFirst(query, page).execute()).map(toApiKey);
  }

  /** Revokes a key for ever; one that is already revoked stays as it was. @returns null when there is none. */
  async revoke(id: string, at: Date, settle: Settle<ApiKey> = unsettled): Promise<ApiKey | null> {
    const revoked = await this.database.transaction('durable', async (tx) => {
      const row = await tx
        .updateTable('api_keys')
        .set((where) => ({ revoked_at: where.fn.coalesce('revoked_at', where.val(at.toISOString())) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (row) await settle(tx, toApiKey(row));
      return row;
    });
    this.#rows.forget(id);
    return revoked ? toApiKey(revoked) : null;
  }
}

const isValid = ({ revoked_at: revoked, expires_at: expires }: DirectoryTables['api_keys'], now: number): boolean =>
  revoked === null && (expires === null || Date.parse(expires) > now);

const toApiKey = (row: DirectoryTables['api_keys']): ApiKey => ({
  id: row.id,
  organizationId: row.organization_id,
  role: row.role as Role,
  name: row.name,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
});
