import { type ApiKey, ApiKeys } from '@connections/directory/api-keys';
import { Organizations } from '@connections/directory/organizations';
import { apiKeyResourceOf } from '@connections/directory/resources';
import type { Role } from '@connections/directory/roles';
import { withExistingStores, withStores } from './with-stores';
import { Failed } from './failed';
import { existing } from './organizations';
import { pageAnswer, type PageOptions } from './pages';
import { type Answer, properties, table } from './terminal';

export interface NewKeyOptions {
  readonly role: Role;
  readonly name: string;
  /** Absent for a platform key. */
  readonly organization?: string;
  /** ISO-8601 UTC; absent for a key that does not expire. */
  readonly expiresAt?: string;
}

/** Creates a key and shows it, the only time that it can be seen. The only way to get the first platform key. */
export async function createApiKey({ role, name, organization, expiresAt }: NewKeyOptions): Promise<Answer> {
  const terms = { organizationId: organization ?? null, role, name, expiresAt: expiresAt ?? null };
  const { apiKey, key } =
    organization === undefined
      ? await withStores(({ database }) => new ApiKeys(database.as()).create(terms, new Date()))
      : await withExistingStores(async ({ database }) => {
          await existing(new Organizations(database.as()), organization);
          return new ApiKeys(database.as()).create(terms, new Date());
        });
  return {
    document: { data: apiKeyResourceOf(apiKey, { key }) },
    text: `${described(apiKey)}\nKey           ${key}\n\nKeep the key now: it will not be shown again.`,
  };
}

/** Newest first: those of one organization, or all, including the platform's. */
export async function listApiKeys(page: PageOptions & { readonly organization?: string }): Promise<Answer> {
  const found = await withExistingStores(async ({ database }) => {
    const apiKeys = new ApiKeys(database.as());
    if (page.organization !== undefined) await existing(new Organizations(database.as()), page.organization);
    const after = page.after === undefined ? undefined : await existingKey(apiKeys, page.after);
    return apiKeys.list({ size: page.limit + 1, after, organizationId: page.organization });
  });
  const now = new Date().toISOString();
  return pageAnswer(found, page, {
    resource: (apiKey) => apiKeyResourceOf(apiKey),
    table: (shown) =>
      table(
        ['API KEY', 'ORGANIZATION', 'ROLE', 'NAME', 'CREATED', 'LAST USED', 'STATE'],
        shown.map((key) => [
          key.id,
          key.organizationId,
          key.role,
          key.name,
          key.createdAt,
          key.lastUsedAt ?? 'never',
          stateOf(key, now),
        ]),
      ),
    none: page.after === undefined ? 'There are no API keys yet.' : 'There are no more API keys.',
  });
}

/** Revokes a key for ever. A running service refuses it within half a second. */
export async function revokeApiKey(id: string): Promise<Answer> {
  const revoked = await withExistingStores(async ({ database }) => {
    const apiKeys = new ApiKeys(database.as());
    await existingKey(apiKeys, id);
    return apiKeys.revoke(id, new Date());
  });
  if (revoked === null) throw unknownKey(id);
  return { document: { data: apiKeyResourceOf(revoked) }, text: described(revoked) };
}

async function existingKey(apiKeys: ApiKeys, id: string): Promise<ApiKey> {
  const found = await apiKeys.find(id);
  if (found !== null) return found;
  throw unknownKey(id);
}

const unknownKey = (id: string): Failed => new Failed('not-found', `There is no API key ${id}. See "api-key list".`);

function stateOf({ revokedAt, expiresAt }: ApiKey, now: string): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  if (expiresAt === null) return 'valid';
  return expiresAt <= now ? `expired ${expiresAt}` : `valid until ${expiresAt}`;
}

const described = (apiKey: ApiKey): string =>
  properties([
    ['API key', apiKey.id],
    ['Organization', apiKey.organizationId],
    ['Role', apiKey.role],
    ['Name', apiKey.name],
    ['Created', apiKey.createdAt],
    ['Last used', apiKey.lastUsedAt ?? 'never'],
    ['State', stateOf(apiKey, new Date().toISOString())],
  ]);
