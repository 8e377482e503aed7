import { type Permission, permissions } from '@connections/directory/roles';
import type { Membership } from '../session/session-queries';

/** What a person or an API key may do for an organization. */
export type Role = Membership['role'];

interface RoleWords {
  readonly name: string;
  readonly meaning: string;
}

/** How the roles are called, and what whoever has one may do. */
export const roleWords: Readonly<Record<Role, RoleWords>> = {
  member: { name: 'Member', meaning: 'Reads connections and takes every step with them.' },
  auditor: { name: 'Auditor', meaning: 'Reads and exports connections and their history, and changes nothing.' },
  admin: {
    name: 'Admin',
    meaning: 'May do what members and auditors may, manages members and API keys, and redacts texts for ever.',
  },
};

/** A role in a sentence. */
export const withArticle = (role: Role): string => `${role === 'member' ? 'a' : 'an'} ${role}`;

/** The roles in the order in which they are offered. */
export const roles = Object.keys(roleWords) as Role[];

/** Whether somebody with this role may do something: by the table that the service goes by. */
export const may = (role: Role, permission: Permission): boolean => permissions[permission].includes(role);

/** Whether a role may take steps with connections; what it may do with one, the API says with it. */
export const mayCommand = (role: Role): boolean => may(role, 'command');

/** Whether a role may manage members and API keys. */
export const mayManage = (role: Role): boolean => may(role, 'manage-members');
