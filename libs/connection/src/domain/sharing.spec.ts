import type { Connection } from './connection';
import type { Status } from './lifecycle';
import { verdictOn } from './sharing';

const connection = (status: Status): Connection => ({
  id: 'cxn_1',
  sourceOrganizationId: 'org_S',
  destinationOrganizationId: 'org_D',
  name: null,
  scopes: ['inquiry.read', 'account.read'],
  status,
  creatorId: 'api_1',
  creatorType: 'api-key',
  deactivatedBy: null,
  createdAt: '2026-06-01T00:00:00.000Z',
  updatedAt: '2026-06-01T00:00:00.000Z',
});

describe('data may be shared', () => {
  it.each([[['inquiry.read']], [['account.read', 'inquiry.read']]])('while the connection is active: %j', (scopes) =>
    expect(verdictOn(connection('active'), scopes)).toEqual({
      allowed: true,
      reason: 'active',
      refusedScopes: [],
      unblockedBy: null,
    }),
  );
});

describe('data may not be shared', () => {
  it('where there is no connection: the source may create one', () =>
    expect(verdictOn(null, ['inquiry.read'])).toEqual({
      allowed: false,
      reason: 'no-connection',
      refusedScopes: ['inquiry.read'],
      unblockedBy: { step: 'create', by: ['source'] },
    }));

  it('where there is no connection and may be none: no step helps', () =>
    expect(verdictOn(null, ['inquiry.read'], false)).toEqual({
      allowed: false,
      reason: 'no-connection',
      refusedScopes: ['inquiry.read'],
      unblockedBy: null,
    }));

  it('where there is a connection, though there may be none any more: its next step helps', () =>
    expect(verdictOn(connection('pending'), ['inquiry.read'], false)).toMatchObject({
      unblockedBy: { step: 'activate', by: ['destination'] },
    }));

  it('while it is pending: the destination may activate it', () =>
    expect(verdictOn(connection('pending'), ['inquiry.read', 'case.read'])).toEqual({
      allowed: false,
      reason: 'pending',
      refusedScopes: ['inquiry.read', 'case.read'],
      unblockedBy: { step: 'activate', by: ['destination'] },
    }));

  it('while it is inactive: the source may return it to pending', () =>
    expect(verdictOn(connection('inactive'), ['inquiry.read'])).toEqual({
      allowed: false,
      reason: 'inactive',
      refusedScopes: ['inquiry.read'],
      unblockedBy: { step: 'reactivate', by: ['source'] },
    }));

  it('of a scope that the connection is not about: no step helps', () =>
    expect(verdictOn(connection('active'), ['case.read', 'inquiry.read', 'report.read'])).toEqual({
      allowed: false,
      reason: 'scope-not-granted',
      refusedScopes: ['case.read', 'report.read'],
      unblockedBy: null,
    }));
});
