const keyOf = (organizationId: string): string => `list ${organizationId}`;

/** Remembers the view of the list of connections in this tab, for the way back to it. */
export function rememberList(organizationId: string, search: string): void {
  if (search === '') sessionStorage.removeItem(keyOf(organizationId));
  else sessionStorage.setItem(keyOf(organizationId), search);
}

/** The address of the list of connections, in the view last seen in this tab. */
export const lastListAddress = (organizationId: string): string =>
  `/o/${organizationId}/connections${sessionStorage.getItem(keyOf(organizationId)) ?? ''}`;
