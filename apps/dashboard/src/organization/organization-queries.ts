import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import { answered, apiFor } from '../api/api';
import { cursorIn } from '../api/link';
import { questions, sessionKey } from '../questions';
import type { Role } from '../words/roles';

export type Member = components['schemas']['Member'];
export type Invitation = components['schemas']['Invitation'];
export type ApiKey = components['schemas']['ApiKey'];

const keys = {
  organization: (organizationId: string) => ['organizations', organizationId, 'organization'] as const,
  members: (organizationId: string) => ['organizations', organizationId, 'members'] as const,
  invitations: (organizationId: string) => ['organizations', organizationId, 'invitations'] as const,
  apiKeys: (organizationId: string) => ['organizations', organizationId, 'api-keys'] as const,
};

/** The size of a page. */
const SIZE = 50;

interface Page<T> {
  readonly data: readonly T[];
  readonly links: { readonly next: string | null };
}

/** A list that grows page by page. */
const growing = <T>(key: readonly string[], read: (page: PageQuery, signal: AbortSignal) => Promise<Page<T>>) =>
  infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      read({ 'page[size]': SIZE, ...(pageParam !== null && { 'page[after]': pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ links }) => cursorIn(links.next, 'after'),
    select: ({ pages }) => pages.flatMap(({ data }) => data),
  });

interface PageQuery {
  readonly 'page[size]': number;
  readonly 'page[after]'?: string;
}

export const organizationQuery = (organizationId: string) =>
  queryOptions({
    queryKey: keys.organization(organizationId),
    queryFn: async ({ signal }) =>
      (await answered(apiFor(organizationId).GET('/api/v1/organization', { signal }))).data,
  });

export const membersQuery = (organizationId: string) =>
  growing<Member>(keys.members(organizationId), (query, signal) =>
    answered(apiFor(organizationId).GET('/api/v1/members', { params: { query }, signal })),
  );

/** The invitations that can still be accepted. */
export const openInvitationsQuery = (organizationId: string) =>
  growing<Invitation>(keys.invitations(organizationId), (query, signal) =>
    answered(
      apiFor(organizationId).GET('/api/v1/invitations', {
        params: { query: { ...query, 'filter[state]': 'open' } },
        signal,
      }),
    ),
  );

export const apiKeysQuery = (organizationId: string) =>
  growing<ApiKey>(keys.apiKeys(organizationId), (query, signal) =>
    answered(apiFor(organizationId).GET('/api/v1/api-keys', { params: { query }, signal })),
  );

/** All that an admin can do with people and keys. Each call takes the idempotency key of its intention. */
export function administration(organizationId: string) {
  const api = apiFor(organizationId);
  const sent = (idempotencyKey: string) => ({ headers: { 'idempotency-key': idempotencyKey } });
  const one = (id: string, idempotencyKey: string) => ({ ...sent(idempotencyKey), params: { path: { id } } });
  const thenStale = async <T>(call: Promise<T>, ...stale: (keyof typeof keys)[]): Promise<T> => {
    const answer = await call;
    for (const what of stale) void questions.invalidateQueries({ queryKey: keys[what](organizationId) });
    return answer;
  };
  /** The member may be the admin who is asking, whose role is part of the session. */
  const thenMembersStale = async <T>(call: Promise<T>): Promise<T> => {
    const answer = await thenStale(call, 'members');
    void questions.invalidateQueries({ queryKey: sessionKey });
    return answer;
  };
  return {
    changeRole: (id: string, role: Role, key: string) =>
      thenMembersStale(
        answered(api.POST('/api/v1/members/{id}/role', { ...one(id, key), body: { data: { attributes: { role } } } })),
      ),
    removeMember: (id: string, key: string) =>
      thenMembersStale(answered(api.POST('/api/v1/members/{id}/remove', one(id, key)))),
    invite: (attributes: { readonly email: string; readonly role: Role }, key: string) =>
      thenStale(
        answered(api.POST('/api/v1/invitations', { ...sent(key), body: { data: { attributes } } })),
        'invitations',
      ),
    revokeInvitation: (id: string, key: string) =>
      thenStale(answered(api.POST('/api/v1/invitations/{id}/revoke', one(id, key))), 'invitations'),
    makeKey: (
      attributes: { readonly name: string; readonly role: Role; readonly expiresAt: string | null },
      key: string,
    ) => thenStale(answered(api.POST('/api/v1/api-keys', { ...sent(key), body: { data: { attributes } } })), 'apiKeys'),
    revokeKey: (id: string, key: string) =>
      thenStale(answered(api.POST('/api/v1/api-keys/{id}/revoke', one(id, key))), 'apiKeys'),
  };
}
