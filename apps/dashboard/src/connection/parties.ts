import { counterpartyOf, type Connection } from '../connections/connection-queries';
import type { Membership } from '../session/session-queries';
import { isolated } from '../words/isolated';

/** The names of a connection's organizations, ready for use in a sentence. */
export interface Parties {
  readonly source: string;
  readonly destination: string;
  /** The name of either party by its id; the id of any other organization. */
  readonly nameOf: (organizationId: string) => string;
  /** The names of the members of one's own organization by their ids, unmodified. */
  readonly colleagues: ReadonlyMap<string, string>;
}

/** The parties as a member of one of them sees them. */
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
