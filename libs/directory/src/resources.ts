import type { JsonObject } from '@connections/event-store/event-store';
import type { ApiKey } from './api-keys';
import type { Organization } from './organizations';

export const ORGANIZATIONS = 'organizations';
export const API_KEYS = 'api-keys';

/** An organization, as the API and the command line give it. */
export const organizationResourceOf = ({ id, name, createdAt }: Organization): JsonObject => ({
  type: ORGANIZATIONS,
  id,
  attributes: { name, 'created-at': createdAt },
});

/** A credential, as the API and the command line give it. @param shown with the key, when it is just made. */
export const apiKeyResourceOf = (apiKey: ApiKey, shown: { readonly key?: string } = {}): JsonObject => ({
  type: API_KEYS,
  id: apiKey.id,
  attributes: {
    'organization-id': apiKey.organizationId,
    role: apiKey.role,
    name: apiKey.name,
    'created-at': apiKey.createdAt,
    'expires-at': apiKey.expiresAt,
    'revoked-at': apiKey.revokedAt,
    'last-used-at': apiKey.lastUsedAt,
    ...shown,
  },
});
