import fc from 'fast-check';
import {
  ConnectionNotFound,
  NoSuchEvent,
  NotItsAuthor,
  NothingWritten,
  type Refusal,
  WrittenInTheClear,
} from './connection.errors';
import type { Actor, ConnectionEvent, PlatformActor } from './connection.events';
import { noteWritings, nothingWritten, redact, type Redactor, type Writings } from './redaction';

const at = '2026-06-01T12:00:00.000Z';
const later = '2026-06-02T12:00:00.000Z';
const source = { type: 'api-key', id: 'api_S', organizationId: 'org_S' } as const;
const destination = { type: 'api-key', id: 'api_D', organizationId: 'org_D' } as const;
const stranger = { type: 'api-key', id: 'api_X', organizationId: 'org_X' } as const;
const operator = { type: 'system', id: 'cli', organizationId: null } as const;
const as = <By extends Redactor, Role extends string>(by: By, role: Role): By & { role: Role } => ({ ...by, role });
const commitment = (digit: string): string => digit.repeat(64);

const created: ConnectionEvent = {
  type: 'ConnectionCreated',
  connectionId: 'cxn_1',
  sourceOrganizationId: 'org_S',
  destinationOrganizationId: 'org_D',
  name: { commitment: commitment('a') },
  scopes: ['inquiry.read'],
  actor: as(source, 'source'),
  occurredAt: at,
};
const activated: ConnectionEvent = {
  type: 'ConnectionActivated',
  actor: as(destination, 'destination'),
  occurredAt: at,
};
const deactivated: ConnectionEvent = {
  type: 'ConnectionDeactivated',
  reason: { commitment: commitment('b') },
  actor: as(destination, 'destination'),
  occurredAt: at,
};
const redacted = (revision: number, of: string, actor: Actor | PlatformActor, occurredAt = at): ConnectionEvent => ({
  type: 'ConnectionTextRedacted',
  revision,
  commitment: of,
  actor,
  occurredAt,
});

const given = (...events: ConnectionEvent[]) => {
  const writings = events.reduce<Writings>(noteWritings, nothingWritten);
  return {
    when: (decision: (of: Writings) => ConnectionEvent[]) => ({
      then: (...expected: ConnectionEvent[]) => expect(decision(writings)).toEqual(expected),
      thenThrows: (refusal: new (...args: never[]) => Refusal, saying: object = {}) => {
        expect(() => decision(writings)).toThrow(refusal);
        expect(() => decision(writings)).toThrow(expect.objectContaining(saying));
      },
    }),
  };
};

describe('what was written', () => {
  it('is redacted by the party that wrote it', () => {
    given(created, activated, deactivated)
      .when(redact(0, source, at))
      .then(redacted(0, commitment('a'), as(source, 'source')));
    given(created, activated, deactivated)
      .when(redact(2, destination, at))
      .then(redacted(2, commitment('b'), as(destination, 'destination')));
  });
  it('is redacted by the operator, whoever wrote it', () => {
    given(created)
      .when(redact(0, operator, at))
      .then(redacted(0, commitment('a'), as(operator, 'platform')));
    given(created, deactivated)
      .when(redact(1, operator, at))
      .then(redacted(1, commitment('b'), as(operator, 'platform')));
  });
  it('is not redacted by the other party', () => {
    given(created)
      .when(redact(0, destination, at))
      .thenThrows(NotItsAuthor, { code: 'not-permitted', author: 'source', role: 'destination' });
    given(created, deactivated)
      .when(redact(1, source, at))
      .thenThrows(NotItsAuthor, { author: 'destination' });
  });
  it('is not there for a stranger, whatever is asked for', () => {
    for (const revision of [0, 1, 99]) {
      given(created, activated)
        .when(redact(revision, stranger, at))
        .thenThrows(ConnectionNotFound);
    }
    given()
      .when(redact(0, source, at))
      .thenThrows(ConnectionNotFound);
    given()
      .when(redact(0, operator, at))
      .thenThrows(ConnectionNotFound);
  });
  it('is not at a revision that is not there yet', () =>
    given(created)
      .when(redact(1, source, at))
      .thenThrows(NoSuchEvent, { code: 'not-then', revision: 1 }));
  it('is not with an event that nobody wrote anything with', () => {
    given(created, activated)
      .when(redact(1, destination, at))
      .thenThrows(NothingWritten, { code: 'no-text' });
    given({ ...created, name: null })
      .when(redact(0, source, at))
      .thenThrows(NothingWritten);
    given(created, redacted(0, commitment('a'), as(source, 'source')))
      .when(redact(1, source, at))
      .thenThrows(NothingWritten);
  });
  it('is not redacted where the log itself holds it', () =>
    given({ ...created, name: { text: 'In the clear' } })
      .when(redact(0, source, at))
      .thenThrows(WrittenInTheClear, { code: 'text-in-log' }));
  it('is redacted once, whoever asks again', () => {
    const before = [created, deactivated, redacted(0, commitment('a'), as(source, 'source'))];
    given(...before)
      .when(redact(0, source, later))
      .then();
    given(...before)
      .when(redact(0, operator, later))
      .then();
  });
  it('has a history that never runs backwards', () =>
    given({ ...created, occurredAt: later })
      .when(redact(0, source, at))
      .then(redacted(0, commitment('a'), as(source, 'source'), later)));

  it('is redacted alone, whatever was redacted before, and the status stays', () => {
    const events = [created, activated, deactivated];
    const writings = events.reduce<Writings>(noteWritings, nothingWritten);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 2), { maxLength: 6 }), (revisions) => {
        const after = revisions.reduce(
          (now, revision) => redact(revision, operator, at)(now).reduce<Writings>(noteWritings, now),
          writings,
        );
        expect(after.all.filter(({ isRedacted }) => isRedacted).map(({ revision }) => revision)).toEqual(
          [...new Set(revisions)].sort(),
        );
        expect(after.connection).toEqual(writings.connection);
        expect(after.events).toBe(events.length + new Set(revisions).size);
      }),
    );
  });
});
