import type { ConnectionLog } from '@connections/connection/connection-log';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import type { Subject } from './accesses';
import type { Scope } from './export/scope';

/** The subject of an access, as it is recorded. @throws ConnectionNotFound */
export async function subjectOf(scope: Scope, connections: ConnectionLog): Promise<Subject> {
  if (scope.kind === 'everything') return { type: scope.kind };
  if (scope.kind === 'organization') return { type: scope.kind, id: scope.id };
  const origin = await connections.origin(scope.id);
  if (origin === null) throw new ConnectionNotFound();
  return { type: scope.kind, id: scope.id, parties: [origin.sourceOrganizationId, origin.destinationOrganizationId] };
}
