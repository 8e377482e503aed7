import { isPlatformRole, may, type Permission, type Role } from './roles';

// Written by hand from the contract; deriving it from the table would test nothing.
const rights: Record<Role, readonly Permission[]> = {
  member: ['read', 'command', 'read-members'],
  auditor: ['read', 'read-accesses', 'export', 'read-members'],
  admin: [
    'read',
    'command',
    'redact',
    'read-keys',
    'manage-keys',
    'read-accesses',
    'export',
    'read-members',
    'manage-members',
  ],
  'platform-admin': [
    'read',
    'redact',
    'read-keys',
    'manage-keys',
    'read-organizations',
    'manage-organizations',
    'read-accesses',
    'export',
  ],
  'platform-auditor': ['read', 'read-keys', 'read-organizations', 'read-accesses', 'export'],
};
const all: readonly Permission[] = [
  'read',
  'command',
  'redact',
  'read-keys',
  'manage-keys',
  'read-organizations',
  'manage-organizations',
  'read-accesses',
  'export',
  'read-members',
  'manage-members',
];

describe('what a credential may do', () => {
  const squares = (Object.keys(rights) as Role[]).flatMap((role) =>
    all.map((permission) => [role, permission] as const),
  );

  it.each(squares)('follows from its role: %s, %s', (role, permission) => {
    expect(may({ type: 'api-key', id: 'api_1', role, organizationId: null }, permission)).toBe(
      rights[role].includes(permission),
    );
  });

  it('sees every organization with a role of the platform, and its own with any other', () => {
    expect((Object.keys(rights) as Role[]).filter(isPlatformRole)).toEqual(['platform-admin', 'platform-auditor']);
  });
});
