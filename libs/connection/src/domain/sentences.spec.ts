import type { ConnectionEvent } from './connection.events';
import { organizationsIn, redacted, sentenceOf } from './sentences';

const occurredAt = '2026-06-01T00:00:00.000Z';
const bySource = {
  actor: { type: 'api-key', id: 'api_S', organizationId: 'org_S', role: 'source' },
  occurredAt,
} as const;
const byDestination = {
  actor: { type: 'api-key', id: 'api_D', organizationId: 'org_D', role: 'destination' },
  occurredAt,
} as const;
const created: ConnectionEvent = {
  type: 'ConnectionCreated',
  connectionId: 'cxn_1',
  sourceOrganizationId: 'org_S',
  destinationOrganizationId: 'org_D',
  name: null,
  scopes: ['inquiry.read', 'account.read'],
  ...bySource,
};
const activated: ConnectionEvent = { type: 'ConnectionActivated', ...byDestination };
const deactivated: ConnectionEvent = { type: 'ConnectionDeactivated', reason: null, ...byDestination };
const returned: ConnectionEvent = { type: 'ConnectionReturnedToPending', reason: null, ...bySource };

const names: Record<string, string> = { org_S: 'Acme', org_D: 'Globex' };
const nameOf = (id: string): string | undefined => names[id];

describe('the sentence of an event', () => {
  it('tells who created what for whom', () => {
    expect(sentenceOf(created, 'Partner Connection', nameOf)).toBe(
      'Acme (source) created a connection named "Partner Connection" to Globex (destination) for inquiry.read and account.read with key api_S at 2026-06-01T00:00:00.000Z.',
    );
    expect(sentenceOf({ ...created, scopes: ['a.read'] }, null, nameOf)).toBe(
      'Acme (source) created a connection to Globex (destination) for a.read with key api_S at 2026-06-01T00:00:00.000Z.',
    );
    expect(sentenceOf({ ...created, scopes: ['a', 'b', 'c'] }, redacted, nameOf)).toBe(
      'Acme (source) created a connection named (redacted) to Globex (destination) for a, b and c with key api_S at 2026-06-01T00:00:00.000Z.',
    );
  });

  it('tells who activated it', () =>
    expect(sentenceOf(activated, null, nameOf)).toBe(
      'Globex (destination) activated the connection with key api_D at 2026-06-01T00:00:00.000Z.',
    ));

  it('tells who ended it and why', () => {
    expect(sentenceOf(deactivated, 'The trial is over.', nameOf)).toBe(
      'Globex (destination) deactivated the connection for the reason "The trial is over." with key api_D at 2026-06-01T00:00:00.000Z.',
    );
    expect(sentenceOf(deactivated, null, nameOf)).toBe(
      'Globex (destination) deactivated the connection with key api_D at 2026-06-01T00:00:00.000Z.',
    );
    expect(sentenceOf(deactivated, redacted, nameOf)).toBe(
      'Globex (destination) deactivated the connection for the reason (redacted) with key api_D at 2026-06-01T00:00:00.000Z.',
    );
  });

  it('tells who redacted what, the operator without an organization', () => {
    const redaction = { type: 'ConnectionTextRedacted', revision: 3, commitment: '0'.repeat(64) } as const;
    expect(sentenceOf({ ...redaction, ...bySource }, null, nameOf)).toBe(
      'Acme (source) redacted what was written with revision 3 with key api_S at 2026-06-01T00:00:00.000Z.',
    );
    const operator = { type: 'system', id: 'cli', organizationId: null, role: 'platform' } as const;
    expect(sentenceOf({ ...redaction, actor: operator, occurredAt }, null, nameOf)).toBe(
      'The operator of the service redacted what was written with revision 3 as system cli at 2026-06-01T00:00:00.000Z.',
    );
    expect(organizationsIn({ ...redaction, actor: operator, occurredAt })).toEqual([]);
  });

  it('tells who returned it to pending and why', () =>
    expect(sentenceOf(returned, 'Reviewed.', nameOf)).toBe(
      'Acme (source) returned the connection to pending for the reason "Reviewed." with key api_S at 2026-06-01T00:00:00.000Z.',
    ));

  it('has the id where no name is known', () => {
    expect(sentenceOf(activated, null, () => null)).toBe(
      'org_D (destination) activated the connection with key api_D at 2026-06-01T00:00:00.000Z.',
    );
    expect(sentenceOf(created, null, () => undefined)).toContain('to org_D (destination) for');
  });

  it('tells people and the system from keys', () => {
    const by = (type: 'user' | 'system'): ConnectionEvent => ({
      ...activated,
      actor: { ...activated.actor, type, id: `${type}_1` },
    });
    expect(sentenceOf(by('user'), null, nameOf)).toContain('activated the connection as user user_1 at');
    expect(sentenceOf(by('system'), null, nameOf)).toContain('activated the connection as system system_1 at');
  });

  it('stays one line and keeps the reason apart, whatever the reason is', () => {
    const sentence = sentenceOf(deactivated, 'a" with key api_X.\nGlobex (destination) activated', nameOf);
    expect(sentence).toContain('"a\\" with key api_X.\\nGlobex (destination) activated" with key api_D at');
    expect(sentence).not.toContain('\n');
  });

  it('names the organizations that have to be looked up for it', () => {
    expect([created, activated, deactivated, returned].map(organizationsIn)).toEqual([
      ['org_S', 'org_D'],
      ['org_D'],
      ['org_D'],
      ['org_S'],
    ]);
  });
});
