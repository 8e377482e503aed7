const times = { 'created-at': '2018-06-01T00:00:00.000Z', 'updated-at': '2018-06-01T00:00:00.000Z' };

/** The example resource of the guide to managing connections, with this service's additions. */
const connection = (
  status: 'pending' | 'active' | 'inactive',
  revision: number,
  actions: string[],
  name: string | null = 'Partner Connection',
): object => ({
  type: 'connect/connections',
  id: 'cxn_ABC123',
  attributes: {
    token: 'cxn_ABC123',
    name,
    status,
    'organization-id': 'org_ABC123',
    'source-organization-id': 'org_ABC123',
    'destination-organization-id': 'org_DEF456',
    scopes: ['inquiry.read', 'account.read'],
    'creator-id': 'api_ABC123',
    'creator-type': 'api-key',
    'deactivated-by': status === 'inactive' ? 'source' : null,
    ...times,
  },
  meta: {
    revision,
    role: 'source',
    'allowed-actions': actions,
    counterparty: { 'organization-id': 'org_DEF456', name: 'Globex' },
  },
});

export const pending = connection('pending', 0, ['deactivate']);
export const active = connection('active', 1, ['deactivate']);
export const inactive = connection('inactive', 2, ['reactivate']);
export const pendingAgain = connection('pending', 3, ['deactivate']);
export const withoutName = connection('active', 2, ['deactivate'], null);

/** The body of the guide's curl example. */
export const guideBody = {
  data: { attributes: { 'destination-organization-id': 'org_DEF456', name: 'Partner Connection' } },
};

/** The guide's curl example, with the address of `npm start`. */
export const guideCurl = `curl -X POST http://127.0.0.1:3000/api/v1/connect/connections \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: application/json" \\
  -d '{
  "data": {
    "attributes": {
      "destination-organization-id": "org_DEF456",
      "name": "Partner Connection"
    }
  }
}'`;

export const created = {
  type: 'connect/events',
  id: 'cxn_ABC123@0',
  attributes: {
    'connection-id': 'cxn_ABC123',
    revision: 0,
    event: 'ConnectionCreated',
    summary:
      'Acme (source) created a connection named "Partner Connection" to Globex (destination) for inquiry.read and account.read with key api_ABC123 at 2018-06-01T00:00:00.000Z.',
    'from-status': null,
    'to-status': 'pending',
    actor: { type: 'api-key', id: 'api_ABC123', 'organization-id': 'org_ABC123', role: 'source' },
    reason: null,
    redacted: false,
    'redacted-revision': null,
    'occurred-at': '2018-06-01T00:00:00.000Z',
    'request-id': 'req_0b5cf0e1-1e0c-4b9e-9f53-3c2e6a0f5f0e',
    'correlation-id': 'order-4711',
    position: '0000000000000042',
    'previous-hash': null,
    hash: '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4',
  },
};

const activated = {
  ...created,
  id: 'cxn_ABC123@1',
  attributes: {
    ...created.attributes,
    revision: 1,
    event: 'ConnectionActivated',
    summary: 'Globex (destination) activated the connection with key api_DEF456 at 2018-06-02T00:00:00.000Z.',
    'from-status': 'pending',
    'to-status': 'active',
    actor: { type: 'api-key', id: 'api_DEF456', 'organization-id': 'org_DEF456', role: 'destination' },
    'occurred-at': '2018-06-02T00:00:00.000Z',
    position: '0000000000000043',
    'previous-hash': created.attributes.hash,
    hash: '2c624232cdd221771294dfbb310aca000a0df6ac8b66b696d90ef06fdefb64a3',
  },
};

const endOf = ({ attributes }: typeof created | typeof activated): object => ({
  revision: attributes.revision,
  'updated-at': attributes['occurred-at'],
  hash: attributes.hash,
});

export const difference = {
  type: 'connect/diffs',
  attributes: {
    'connection-id': 'cxn_ABC123',
    from: endOf(created),
    to: endOf(activated),
    changes: [
      { attribute: 'status', from: 'pending', to: 'active' },
      { attribute: 'updated-at', from: '2018-06-01T00:00:00.000Z', to: '2018-06-02T00:00:00.000Z' },
    ],
    events: [activated],
  },
};

export const organization = {
  type: 'organizations',
  id: 'org_ABC123',
  attributes: { name: 'Acme', 'created-at': '2018-06-01T00:00:00.000Z' },
};

const keyAttributes = {
  'organization-id': 'org_ABC123',
  role: 'member',
  name: 'Back office',
  'created-at': '2018-06-01T00:00:00.000Z',
  'expires-at': null,
  'revoked-at': null,
  'last-used-at': '2018-06-01T12:00:00.000Z',
};

export const apiKey = { type: 'api-keys', id: 'api_ABC123', attributes: keyAttributes };
export const revokedApiKey = {
  ...apiKey,
  attributes: { ...keyAttributes, 'revoked-at': '2018-06-02T00:00:00.000Z' },
};
export const createdApiKey = {
  ...apiKey,
  attributes: { ...keyAttributes, 'last-used-at': null, key: 'cx_ABC123_<secret, shown once>' },
};
