import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventToAppend, JsonObject, RecordedEvent } from '@connections/event-store/event-store';
import type { Actor, ConnectionEvent } from './domain/connection.events';
import { decode, encode, UnknownEvent, upcasters } from './stored-events';

/** Written once, when the version was released, and never changed: this is what the logs out there hold. */
const golden = (name: string): EventToAppend =>
  JSON.parse(
    readFileSync(join(__dirname, '..', '..', '..', 'test', 'golden', `${name}.json`), 'utf8'),
  ) as EventToAppend;

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
      name: 'Partner “Ünïcode” 🤝',
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
      reason: 'The contract "A\\B" ended.\n',
      actor: destination,
      occurredAt: '2026-06-03T00:00:00.300Z',
    },
  },
  ConnectionReturnedToPending: {
    id: '0197a000-0000-7000-8000-000000000004',
    event: { type: 'ConnectionReturnedToPending', reason: null, actor: source, occurredAt: '2026-06-04T04:00:00.000Z' },
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
  it('has a golden file for every type', () => expect(Object.keys(upcasters).sort()).toEqual([...types].sort()));

  it.each(types)('of %s is what it was when version 1 was released, to the order of its members', (type) => {
    const { event, id } = events[type];
    const stored = encode(event, id, provenance);
    expect(stored).toEqual(golden(`${type}.v1`));
    // The hash chain is over the text, so that the order of the members is part of the contract.
    expect(JSON.stringify(stored)).toBe(JSON.stringify(golden(`${type}.v1`)));
  });

  it.each(types)('of %s in version 1 is read back for ever', (type) => {
    expect(decode(recorded(golden(`${type}.v1`)))).toEqual(events[type].event);
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

  it('is refused as a deactivation that does not even say that there was no reason', () => {
    expect(() => decode(recorded({ ...golden('ConnectionDeactivated.v1'), data: {} }))).toThrow(UnknownEvent);
  });
});

describe('a second version of an event', () => {
  // What a release that splits the scopes into objects would add: one step, and nothing else about version 1.
  const steps = {
    ...upcasters,
    ConnectionCreated: [
      (data: JsonObject): JsonObject => ({
        ...data,
        scopes: (data['scopes'] as string[]).map((scope) => `${scope}.v2`),
      }),
    ],
  };
  const first = golden('ConnectionCreated.v1');
  const second = { ...first, metadata: { ...first.metadata, 'schema-version': 2 } };

  it('is what a stored first version is lifted to when it is read', () => {
    expect(decode(recorded(first), steps)).toEqual({
      ...events.ConnectionCreated.event,
      scopes: ['inquiry.read.v2', 'account.read.v2'],
    });
  });

  it('is read as it is when it was stored as such', () => {
    expect(decode(recorded(second), steps)).toEqual(events.ConnectionCreated.event);
  });

  it('leaves the stored first version untouched', () => {
    const before = JSON.stringify(first);
    decode(recorded(first), steps);
    expect(JSON.stringify(first)).toBe(before);
  });

  it('is refused by a version of the service that knows only the first', () => {
    expect(() => decode(recorded(second))).toThrow(UnknownEvent);
  });

  it('is lifted in order where there are several steps', () => {
    const lift = (mark: string) => (data: JsonObject) => ({ ...data, name: `${data['name'] as string}${mark}` });
    const three = { ...upcasters, ConnectionCreated: [lift(' 2'), lift(' 3')] };
    expect(decode(recorded(first), three)).toMatchObject({ name: 'Partner “Ünïcode” 🤝 2 3' });
    expect(decode(recorded(second), three)).toMatchObject({ name: 'Partner “Ünïcode” 🤝 3' });
  });
});
