/** What a credential of an organization may do: see `permissions`. */
export const organizationRoles = ['member', 'auditor', 'admin'] as const;
/** Roles of credentials that belong to the operator of the service and see every organization. */
const platformRoles = ['platform-admin', 'platform-auditor'] as const;

export type OrganizationRole = (typeof organizationRoles)[number];
type PlatformRole = (typeof platformRoles)[number];
export type Role = OrganizationRole | PlatformRole;

export const roles: readonly Role[] = [...organizationRoles, ...platformRoles];

export const isPlatformRole = (role: Role): role is PlatformRole => (platformRoles as readonly Role[]).includes(role);

/** What a caller may be permitted to do. */
export type Permission =
  | 'read'
  | 'command'
  | 'redact'
  | 'read-keys'
  | 'manage-keys'
  | 'read-organizations'
  | 'manage-organizations'
  | 'read-accesses'
  | 'export'
  | 'read-members'
  | 'manage-members';

/** Which roles have which permission: the one table behind the guard, the refusals and the documentation. */
export const permissions: Record<Permission, readonly Role[]> = {
  read: ['member', 'auditor', 'admin', 'platform-admin', 'platform-auditor'],
  command: ['member', 'admin'],
  redact: ['admin', 'platform-admin'],
  'read-keys': ['admin', 'platform-admin', 'platform-auditor'],
  'manage-keys': ['admin', 'platform-admin'],
  'read-organizations': ['platform-admin', 'platform-auditor'],
  'manage-organizations': ['platform-admin'],
  'read-accesses': ['auditor', 'admin', 'platform-admin', 'platform-auditor'],
  export: ['auditor', 'admin', 'platform-admin', 'platform-auditor'],
  'read-members': ['member', 'auditor', 'admin'],
  'manage-members': ['admin'],
};

/** The caller, according to its credential. */
export interface Caller {
  /** A key, or a person who is signed in. */
  readonly type: 'api-key' | 'user';
  /** The id of the key or of the person. */
  readonly id: string;
  readonly role: Role;
  /** Null for a platform credential. */
  readonly organizationId: string | null;
}

export const may = (caller: Caller, permission: Permission): boolean => permissions[permission].includes(caller.role);
