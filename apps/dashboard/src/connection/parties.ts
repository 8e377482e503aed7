import { counterpartyOf, type Connection } from '../connections/connection-queries';
import type { Membership } from '../session/session-queries';
import { isolated } from '../words/isolated';

/** How the organizations of a connection are called, as it can stand in a sentence. */
export interface Parties {
  readonly source: string;
  readonly destination: string;
  /** The name of one of them by its id; the id of any other. */
  readonly nameOf: (organizationId: string) => string;
  /** The names of people of one's own organization, by their ids, as they wrote them. */
  readonly colleagues: ReadonlyMap<string, string>;
}

/** As a member of one of them sees it. */
export function partiesOf(
  connection: Connection,
  membership: Pick<Membership, 'organizationId' | 'organizationName'>,
  colleagues: ReadonlyMap<string, string>,
): Parties {
  const { sourceOrganizationId: source, destinationOrganizationId: destination } = connection.attributes;
  const nameOf = (organizationId: string): string => {
    if (organizationId === membership.organizationId) return isolated(membership.organizationName);
    return organizationId === source || organizationId === destination ? counterpartyOf(connection) : organizationId;
  };
  return { source: nameOf(source), destination: nameOf(destination), nameOf, colleagues };
}
