const keyOf = (organizationId: string): string => `list ${organizationId}`;

/** Remembers which view of its connections somebody sees in this tab, for the way back to it. */
export function rememberList(organizationId: string, search: string): void {
  if (search === '') sessionStorage.removeItem(keyOf(organizationId));
  else sessionStorage.setItem(keyOf(organizationId), search);
}

/** Where the list of connections is, as it was seen last in this tab. */
export const lastListAddress = (organizationId: string): string =>
  `/o/${organizationId}/connections${sessionStorage.getItem(keyOf(organizationId)) ?? ''}`;
