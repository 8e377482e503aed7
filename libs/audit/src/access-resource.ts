import type { JsonObject } from '@connections/event-store/event-store';
import type { Access } from './accesses';

export const ACCESSES = 'audit/accesses';

/** A record of access, as the API and the command line show it. */
export const accessResourceOf = (access: Access): JsonObject => ({
  type: ACCESSES,
  id: access.id,
  attributes: {
    kind: access.kind,
    'credential-id': access.reader.credentialId,
    'organization-id': access.reader.organizationId,
    role: access.reader.role,
    'subject-type': access.subject.type,
    'subject-id': access.subject.id,
    'accessed-at': access.at,
    'request-id': access.requestId,
    request: access.request,
    outcome: access.outcome,
    items: access.items,
    'ended-at': access.endedAt,
  },
});
