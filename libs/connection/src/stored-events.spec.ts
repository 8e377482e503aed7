import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventToAppend, JsonObject, RecordedEvent } from '@connections/event-store/event-store';
import type { Actor, ConnectionEvent } from './domain/connection.events';
import { decode, encode, UnknownEvent, upcasters } from './stored-events';
import { commitmentTo } from './texts';

/** Written when the version was released, and never changed: this is what existing logs hold. */
const GOLDEN = join(__dirname, '..', '..', '..', 'test', 'golden');
const golden = (name: string): EventToAppend =>
  JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), 'utf8')) as EventToAppend;

/** The commitments to the texts of the first version, with salts of 32 bytes 0x11 and 0x22. */
const commitments = {
  name: 'e0407c10d97eb981f8bfbe270a89ee71f36f91a736c1339012e1c835a4f89d55',
  reason: '0d7c899da9994bc92778fe406d5997bad47a94c0a1c8a9c6ce5f19484be1590c',
};

const source: Actor = { type: 'api-key', id: 'api_SOURCE1', organizationId: 'org_SOURCE1', role: 'source' };
const destination: Actor = { type: 'user', id: 'usr_DEST1', organizationId: 'org_DEST1', role: 'destination' };

const events: Record<ConnectionEvent['type'], { event: ConnectionEvent; id: string }> = {
  ConnectionCreated: {
    id: '0197a000-0000-7000-8000-000000000001',
    event: {
      type: 'ConnectionCreated',
      connectionId: 'cxn_1111111111111111111111',
      sourceOrganizationId: 'org_SOURCE1',
      destinationOrganizationId: 'org_DEST1',
      name: { commitment: commitments.name },
      scopes: ['inquiry.read', 'account.read'],
      actor: source,
      occurredAt: '2026-06-01T00:00:00.001Z',
    },
  },
  ConnectionActivated: {
    id: '0197a000-0000-7000-8000-000000000002',
    event: { type: 'ConnectionActivated', actor: destination, occurredAt: '2026-06-02T00:00:00.020Z' },
  },
  ConnectionDeactivated: {
    id: '0197a000-0000-7000-8000-000000000003',
    event: {
      type: 'ConnectionDeactivated',
      reason: { commitment: commitments.reason },
      actor: destination,
      occurredAt: '2026-06-03T00:00:00.300Z',
    },
  },
  ConnectionReturnedToPending: {
    id: '0197a000-0000-7000-8000-000000000004',
    event: { type: 'ConnectionReturnedToPending', reason: null, actor: source, occurredAt: '2026-06-04T04:00:00.000Z' },
  },
  ConnectionTextRedacted: {
    id: '0197a000-0000-7000-8000-000000000005',
    event: {
      type: 'ConnectionTextRedacted',
      revision: 2,
      commitment: commitments.reason,
      actor: { type: 'system', id: 'cli', organizationId: null, role: 'platform' },
      occurredAt: '2026-06-05T05:05:00.000Z',
    },
  },
};

const provenance = {
  requestId: 'req_1',
  correlationId: 'their-trace-1',
  causationId: 'req_1',
  idempotencyKey: 'key-1',
};

const types = Object.keys(events) as ConnectionEvent['type'][];

const recorded = (stored: EventToAppend, changes: Partial<RecordedEvent> = {}): RecordedEvent => ({
  ...stored,
  stream: 'connection-1',
  revision: 3,
  position: '0000000000000001',
  ...changes,
});

const without = (metadata: JsonObject, member: string): JsonObject =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== member));

describe('the stored form of an event', () => {
  it('has a golden file for every type and version', () => {
    const versions = Object.entries(upcasters).flatMap(([type, steps]) =>
      [...steps.keys(), steps.length].map((step) => `${type}.v${step + 1}.json`),
    );
    expect(
      readdirSync(GOLDEN)
        .filter((name) => name.endsWith('.json'))
        .sort(),
    ).toEqual(versions.sort());
  });

  it.each(types)('of %s is what it was when its version was released, to the order of its members', (type) => {
    const { event, id } = events[type];
    const stored = encode(event, id, provenance);
    const released = golden(`${type}.v${upcasters[type].length + 1}`);
    expect(stored).toEqual(released);
    // The hash chain covers the text, so the order of members is part of the contract.
    expect(JSON.stringify(stored)).toBe(JSON.stringify(released));
  });

  it.each(types)('of %s in its present version is read back for ever', (type) => {
    expect(decode(recorded(golden(`${type}.v${upcasters[type].length + 1}`)))).toEqual(events[type].event);
  });

  it.each([
    ['ConnectionCreated.v1', { ...events.ConnectionCreated.event, name: { text: 'Partner “Ünïcode” 🤝' } }],
    [
      'ConnectionDeactivated.v1',
      { ...events.ConnectionDeactivated.event, reason: { text: 'The contract "A\\B" ended.\n' } },
    ],
    ['ConnectionReturnedToPending.v1', events.ConnectionReturnedToPending.event],
  ])('of the first version, with its text in the clear, is read back for ever: %s', (name, event) => {
    expect(decode(recorded(golden(name)))).toEqual(event);
  });

  it('commits to texts as its first version had them, with these salts', () => {
    const { data: created } = golden('ConnectionCreated.v1');
    const { data: deactivated } = golden('ConnectionDeactivated.v1');
    expect(commitmentTo('11'.repeat(32), created['name'] as string)).toBe(commitments.name);
    expect(commitmentTo('22'.repeat(32), deactivated['reason'] as string)).toBe(commitments.reason);
  });

  it('holds no text that is not committed to', () => {
    const event = { ...events.ConnectionDeactivated.event, reason: { text: 'in the clear' } } as ConnectionEvent;
    expect(() => encode(event, 'id', provenance)).toThrow(/committed to/);
  });

  it('keeps that a request had no idempotency key', () => {
    const { event, id } = events.ConnectionActivated;
    expect(encode(event, id, { ...provenance, idempotencyKey: null }).metadata['idempotency-key']).toBeNull();
  });
});

describe('an event that this version does not know', () => {
  const activated = golden('ConnectionActivated.v1');
  const reading = (changes: Partial<RecordedEvent>) => () => decode(recorded(activated, changes));

  it.each(['ConnectionRenamed', '', 'toString', '__proto__', 'constructor', 'connectionActivated'])(
    'is refused by its type %j, naming stream and revision',
    (type) => {
      expect(reading({ type })).toThrow(UnknownEvent);
      expect(reading({ type })).toThrow(`connection-1@3 is a ${JSON.stringify(type)}`);
    },
  );

  it.each([0, 2, -1, 1.5, '1', null, undefined, [1]])('is refused by its schema version %j', (version) => {
    const metadata = { ...activated.metadata, 'schema-version': version as number };
    expect(reading({ metadata })).toThrow(UnknownEvent);
    expect(reading({ metadata })).toThrow('connection-1@3 is a ConnectionActivated of schema version');
  });

  it.each([null, 'api_1', ['api_1'], 7])('is refused for the actor %j', (actor) => {
    expect(reading({ metadata: { ...activated.metadata, actor } })).toThrow(UnknownEvent);
  });

  it('is refused when it says nothing of its actor', () => {
    expect(reading({ metadata: without(activated.metadata, 'actor') })).toThrow(
      new UnknownEvent('connection-1@3 names no actor.'),
    );
  });

  it.each(['type', 'id', 'organization-id', 'role'])('is refused when its actor has no %s', (member) => {
    const actor = without(activated.metadata['actor'] as JsonObject, member);
    expect(reading({ metadata: { ...activated.metadata, actor } })).toThrow(UnknownEvent);
  });

  it('is refused when it does not say when it happened', () => {
    expect(reading({ metadata: without(activated.metadata, 'occurred-at') })).toThrow(UnknownEvent);
  });

  it.each(['connection-id', 'source-organization-id', 'destination-organization-id', 'name', 'scopes'])(
    'is refused as a creation without its %s',
    (member) => {
      const created = golden('ConnectionCreated.v1');
      expect(() => decode(recorded({ ...created, data: without(created.data, member) }))).toThrow(UnknownEvent);
    },
  );

  it.each(['ConnectionDeactivated.v1', 'ConnectionDeactivated.v2'])(
    'is refused as a deactivation that does not even say that there was no reason: %s',
    (name) => expect(() => decode(recorded({ ...golden(name), data: {} }))).toThrow(UnknownEvent),
  );

  it.each(['', 'in the clear', commitments.reason.toUpperCase(), `${commitments.reason}0`, 7])(
    'is refused for the commitment %j',
    (commitment) => {
      const data = { 'reason-commitment': commitment };
      expect(() => decode(recorded({ ...golden('ConnectionDeactivated.v2'), data }))).toThrow(UnknownEvent);
    },
  );
});

describe('the operator as an actor', () => {
  const by = (name: string, actor: JsonObject): (() => ConnectionEvent) => {
    const stored = golden(name);
    return () => decode(recorded({ ...stored, metadata: { ...stored.metadata, actor } }));
  };
  const operator = golden('ConnectionTextRedacted.v1').metadata['actor'] as JsonObject;
  const party = golden('ConnectionActivated.v1').metadata['actor'] as JsonObject;

  it.each(types.filter((type) => type !== 'ConnectionTextRedacted'))('does nothing but redact: %s', (type) =>
    expect(by(`${type}.v1`, operator)).toThrow(UnknownEvent),
  );
  it('acts for no organization', () =>
    expect(by('ConnectionTextRedacted.v1', { ...operator, 'organization-id': 'org_DEST1' })).toThrow(UnknownEvent));
  it('is not the only one who redacts', () =>
    expect(by('ConnectionTextRedacted.v1', party)().actor).toEqual(destination));
});

describe('a further version of an event', () => {
  // What a release that splits the scopes into objects would add: one step, without touching version 2.
  const lift = (mark: string) => (data: JsonObject) => ({
    ...data,
    scopes: (data['scopes'] as string[]).map((scope) => `${scope}${mark}`),
  });
  const steps = { ...upcasters, ConnectionCreated: [...upcasters.ConnectionCreated, lift('.v3')] };
  const present = golden('ConnectionCreated.v2');
  const next = { ...present, metadata: { ...present.metadata, 'schema-version': 3 } };

  it('is what a stored version is lifted to when it is read', () => {
    expect(decode(recorded(present), steps)).toEqual({
      ...events.ConnectionCreated.event,
      scopes: ['inquiry.read.v3', 'account.read.v3'],
    });
  });

  it('is read as it is when it was stored as such', () => {
    expect(decode(recorded(next), steps)).toEqual(events.ConnectionCreated.event);
  });

  it('leaves what is stored untouched', () => {
    const first = golden('ConnectionCreated.v1');
    const before = JSON.stringify(first);
    decode(recorded(first), steps);
    expect(JSON.stringify(first)).toBe(before);
  });

  it('is refused by a version of the service that does not know it', () => {
    expect(() => decode(recorded(next))).toThrow(UnknownEvent);
  });

  it('is lifted in order where there are several steps', () => {
    const first = golden('ConnectionCreated.v1');
    const more = { ...steps, ConnectionCreated: [...steps.ConnectionCreated, lift('.v4')] };
    expect(decode(recorded(first), more)).toMatchObject({
      name: { text: 'Partner “Ünïcode” 🤝' },
      scopes: ['inquiry.read.v3.v4', 'account.read.v3.v4'],
    });
    expect(decode(recorded(next), more)).toMatchObject({ scopes: ['inquiry.read.v4', 'account.read.v4'] });
  });
});
