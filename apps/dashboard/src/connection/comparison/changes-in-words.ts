import { localMoment } from '../times';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import { statusWords } from '@connections/connection/domain/words';
import type { components } from '@connections/client/generated';

/** One attribute that is not the same at both ends, as the API tells it. */
export type Change = components['schemas']['Change'];

/** The same for people. */
export interface ChangeInWords {
  readonly attribute: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

interface Attribute {
  readonly label: string;
  readonly say?: (value: string, nameOf: NameOf) => string;
}

/** How an organization is called; its id where nobody knows. */
export type NameOf = (organizationId: string) => string;

const NOTHING = 'nothing';

/** By the names that the API has for them; what is not here goes by that name. */
const attributes: Readonly<Record<string, Attribute>> = {
  name: { label: 'Name' },
  status: { label: 'Status', say: (status) => statusWords[status as Status].name },
  'deactivated-by': { label: 'Deactivated by', say: (role) => PARTIES[role as PartyRole] },
  'source-organization-id': { label: 'Source', say: (id, nameOf) => nameOf(id) },
  'destination-organization-id': { label: 'Destination', say: (id, nameOf) => nameOf(id) },
  scopes: { label: 'Scopes' },
  'creator-id': { label: 'Created by' },
  'creator-type': { label: 'Created with', say: (type) => CREATORS[type] ?? type },
  'created-at': { label: 'Created', say: localMoment },
  'updated-at': { label: 'Last change', say: localMoment },
};

const PARTIES: Readonly<Record<PartyRole, string>> = { source: 'the source', destination: 'the destination' };

const CREATORS: Readonly<Record<string, string>> = {
  'api-key': 'an API key',
  user: 'the dashboard, by a person',
  system: 'the service itself',
};

/** The API tells these by another name as well. */
const TOLD_TWICE = new Set(['token', 'organization-id']);

export const inWords = (changes: readonly Change[], nameOf: NameOf): ChangeInWords[] =>
  changes
    .filter(({ attribute }) => !TOLD_TWICE.has(attribute))
    .map(({ attribute, from, to }) => {
      const { label, say } = attributes[attribute] ?? { label: attribute };
      const told = (value: Change['from']): string => {
        if (value === null) return NOTHING;
        return Array.isArray(value) ? value.join(', ') : (say?.(value, nameOf) ?? value);
      };
      return { attribute, label, before: told(from), after: told(to) };
    });
