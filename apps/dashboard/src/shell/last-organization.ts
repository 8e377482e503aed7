import type { Membership } from '../session/session-queries';

const KEY = 'organization';

/** Remembers the organization last used in this browser. */
export const rememberOrganization = (organizationId: string): void => localStorage.setItem(KEY, organizationId);

/** The membership to begin with: the last one used in this browser, or else the oldest. Null if there is none. */
export const membershipToBeginWith = (memberships: readonly Membership[]): Membership | null =>
  memberships.find(({ organizationId }) => organizationId === localStorage.getItem(KEY)) ?? memberships[0] ?? null;
