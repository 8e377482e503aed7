import { type Permission, permissions } from '@connections/directory/roles';
import type { Membership } from '../session/session-queries';

/** Whether somebody with this role may do something: by the table that the service goes by. */
export const may = (role: Membership['role'], permission: Permission): boolean =>
  permissions[permission].includes(role);
