import { localMoment } from '../times';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import { statusWords } from '@connections/connection/domain/words';
import type { components } from '@connections/client/generated';

/** An attribute that differs between the two ends, in the API's form. */
export type Change = components['schemas']['Change'];

/** A change in words for people. */
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

/** The name of an organization; its id if the name is unknown. */
export type NameOf = (organizationId: string) => string;

const NOTHING = 'nothing';

/** Words for attributes, by the API's names; an attribute that is missing here is shown by its own name. */
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

/** Attributes that repeat others under a second name. */
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
