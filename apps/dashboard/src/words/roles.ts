import { type Permission, permissions } from '@connections/directory/roles';
import type { Membership } from '../session/session-queries';

/** What a person or an API key may do for an organization. */
export type Role = Membership['role'];

interface RoleWords {
  readonly name: string;
  readonly meaning: string;
}

/** The name of each role, and what it permits. */
export const roleWords: Readonly<Record<Role, RoleWords>> = {
  member: { name: 'Member', meaning: 'Reads connections and takes every step with them.' },
  auditor: { name: 'Auditor', meaning: 'Reads and exports connections and their history, and changes nothing.' },
  admin: {
    name: 'Admin',
    meaning: 'May do what members and auditors may, manages members and API keys, and redacts texts for ever.',
  },
};

/** A role with its article, for a sentence. */
export const withArticle = (role: Role): string => `${role === 'member' ? 'a' : 'an'} ${role}`;

/** The roles in the order in which they are offered. */
export const roles = Object.keys(roleWords) as Role[];

/** Whether a role has a permission, by the service's own table. */
export const may = (role: Role, permission: Permission): boolean => permissions[permission].includes(role);

/** Whether a role may take steps in general; which ones on a particular connection, the API says along with it. */
export const mayCommand = (role: Role): boolean => may(role, 'command');

/** Whether a role may manage members and API keys. */
export const mayManage = (role: Role): boolean => may(role, 'manage-members');
