import type { Membership } from '../session/session-queries';

const KEY = 'organization';

/** Remembers for which organization somebody spoke last on this machine. */
export const rememberOrganization = (organizationId: string): void => localStorage.setItem(KEY, organizationId);

/** The membership to begin with: the last one used here, or else the oldest. Null for whoever has none. */
export const membershipToBeginWith = (memberships: readonly Membership[]): Membership | null =>
  memberships.find(({ organizationId }) => organizationId === localStorage.getItem(KEY)) ?? memberships[0] ?? null;
