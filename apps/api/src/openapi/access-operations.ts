import type { Operation } from './documented';

const access = {
  type: 'audit/accesses',
  id: 'acs_0b5cf0e11e0c4b9e9f533c2e6a0f5f0e',
  attributes: {
    kind: 'history',
    'credential-id': 'api_ABC123',
    'organization-id': null,
    role: 'platform-auditor',
    'subject-type': 'connection',
    'subject-id': 'cxn_ABC123',
    'accessed-at': '2018-06-01T00:00:00.000Z',
    'request-id': 'req_0b5cf0e1-1e0c-4b9e-9f53-3c2e6a0f5f0e',
    request: 'GET /api/v1/connect/connections/cxn_ABC123/events',
    outcome: 'given',
    items: 3,
    'ended-at': null,
  },
};

export const listAccesses: Operation = {
  id: 'listAccesses',
  tag: 'Audit',
  summary: 'List who looked into what happened',
  description:
    'Exports by anybody, and what auditors and the platform read of histories, past states, differences and proofs; newest first. The platform sees all; an organization those that concern its own connections, whoever looked.',
  answers: [
    {
      status: 200,
      description: 'One page.',
      content: 'AccessPage',
      examples: { page: { summary: 'The last page', value: { data: [access], links: { next: null } } } },
    },
  ],
};
