import {
  type Answer,
  Client,
  newConnection,
  newKey,
  newPair,
  type Pair,
  positionOf,
  type Status,
} from '../support/client';
import { TestedService } from '../support/tested-service';

type Step = 'activate' | 'deactivate' | 'reactivate';
type Role = 'source' | 'destination';

/** What a caller hears: the new status, or the refusal's status, code and meta. */
type Outcome =
  { readonly becomes: Status } | { readonly status: number; readonly code: string; readonly meta: unknown };

const becomes = (status: Status): Outcome => ({ becomes: status });
const notYours = (role: Role, ...permitted: Role[]): Outcome => ({
  status: 403,
  code: 'not-permitted',
  meta: { 'permitted-roles': permitted, role },
});
const notNow = (status: Status, ...allowed: Step[]): Outcome => ({
  status: 409,
  code: 'illegal-transition',
  meta: { status, 'allowed-actions': allowed },
});

// By hand, from the guide: deriving it from the lifecycle table would test nothing.
const grid: readonly (readonly [Status, Step, Role, Outcome])[] = [
  ['pending', 'activate', 'source', notYours('source', 'destination')],
  ['pending', 'activate', 'destination', becomes('active')],
  ['pending', 'deactivate', 'source', becomes('inactive')],
  ['pending', 'deactivate', 'destination', becomes('inactive')],
  ['pending', 'reactivate', 'source', notNow('pending', 'deactivate')],
  ['pending', 'reactivate', 'destination', notYours('destination', 'source')],
  ['active', 'activate', 'source', notYours('source', 'destination')],
  ['active', 'activate', 'destination', notNow('active', 'deactivate')],
  ['active', 'deactivate', 'source', becomes('inactive')],
  ['active', 'deactivate', 'destination', becomes('inactive')],
  ['active', 'reactivate', 'source', notNow('active', 'deactivate')],
  ['active', 'reactivate', 'destination', notYours('destination', 'source')],
  ['inactive', 'activate', 'source', notYours('source', 'destination')],
  ['inactive', 'activate', 'destination', notNow('inactive')],
  ['inactive', 'deactivate', 'source', notNow('inactive', 'reactivate')],
  ['inactive', 'deactivate', 'destination', notNow('inactive')],
  ['inactive', 'reactivate', 'source', becomes('pending')],
  ['inactive', 'reactivate', 'destination', notYours('destination', 'source')],
];

const allowed: readonly (readonly [Status, Role, readonly Step[]])[] = [
  ['pending', 'source', ['deactivate']],
  ['pending', 'destination', ['activate', 'deactivate']],
  ['active', 'source', ['deactivate']],
  ['active', 'destination', ['deactivate']],
  ['inactive', 'source', ['reactivate']],
  ['inactive', 'destination', []],
];

const statuses: readonly Status[] = ['pending', 'active', 'inactive'];
const steps: readonly Step[] = ['activate', 'deactivate', 'reactivate'];

const refusalOf = ({ status, body }: Answer): unknown => {
  const [{ code, meta }] = body.errors;
  return { status, code, meta };
};

describe('the lifecycle over HTTP', () => {
  const service = new TestedService();

  /** Everything that a write would change. */
  const traceOf = async (viewer: Client, id: string): Promise<unknown> => {
    const { headers, text } = await viewer.retrieve(id);
    return { etag: headers.get('etag'), text, history: await viewer.history(id) };
  };

  it('goes from created to active, to inactive, back to pending and to active again', async () => {
    const { source, destination } = await newPair(service.platform);
    const created = await source.client.create(destination.id, { name: 'Partner Connection' });
    expect(created.status).toBe(201);
    const id = created.body.data.id as string;
    expect(created.headers.get('location')).toBe(`/api/v1/connect/connections/${id}`);
    expect(created.body.data.attributes).toMatchObject({ status: 'pending', 'deactivated-by': null });
    const steps = [
      await destination.client.step(id, 'activate'),
      await destination.client.step(id, 'deactivate'),
      await source.client.step(id, 'reactivate'),
      await destination.client.step(id, 'activate'),
    ];
    expect(steps.map(({ status, body }) => [status, body.data.attributes.status])).toEqual([
      [200, 'active'],
      [200, 'inactive'],
      [200, 'pending'],
      [200, 'active'],
    ]);
    expect(steps.map(({ headers }) => headers.get('etag'))).toEqual(['"1"', '"2"', '"3"', '"4"']);
  });

  describe.each(grid)('a connection that is %s: %s by its %s', (status, step, role, outcome) => {
    let connection: Pair & { readonly id: string };
    let caller: Client;
    beforeAll(async () => {
      connection = await newConnection(service.platform, status);
      caller = connection[role].client;
    });

    it('is decided the same by a dry run, which writes nothing', async () => {
      const before = await traceOf(caller, connection.id);
      const answer = await caller.post(`/connect/connections/${connection.id}/${step}?dry-run=true`);
      if ('becomes' in outcome) {
        expect(answer.status).toBe(200);
        expect(answer.body.data.attributes.status).toBe(outcome.becomes);
        expect(answer.body.data.meta['dry-run']).toBe(true);
      } else {
        expect(refusalOf(answer)).toEqual(outcome);
      }
      expect(await traceOf(caller, connection.id)).toEqual(before);
    });

    it('becomes' in outcome ? `makes it ${outcome.becomes}` : `is refused with ${outcome.code}`, async () => {
      const before = await traceOf(caller, connection.id);
      const history = await caller.history(connection.id);
      const answer = await caller.step(connection.id, step);
      if (!('becomes' in outcome)) {
        expect(refusalOf(answer)).toEqual(outcome);
        expect(answer.body.errors).toHaveLength(1);
        expect(await traceOf(caller, connection.id)).toEqual(before);
        return;
      }
      expect(answer.status).toBe(200);
      expect(answer.body.data.attributes.status).toBe(outcome.becomes);
      expect(answer.body.data.meta.revision).toBe(history.length);
      const after = await caller.retrieve(connection.id, answer);
      expect(after.body).toEqual(answer.body);
      expect(after.headers.get('etag')).toBe(answer.headers.get('etag'));
      const [entry, ...others] = (await caller.history(connection.id)).slice(history.length);
      expect(others).toEqual([]);
      expect(entry?.attributes).toMatchObject({
        'from-status': status,
        'to-status': outcome.becomes,
        actor: { 'organization-id': connection[role].id, role },
      });
    });
  });

  describe.each(statuses)('a connection that is %s', (status) => {
    let connection: Pair & { readonly id: string };
    beforeAll(async () => (connection = await newConnection(service.platform, status)));

    it.each(allowed.filter(([when]) => when === status))(
      '%s: tells its %s the allowed actions',
      async (_, role, own) => {
        const retrieved = await connection[role].client.retrieve(connection.id);
        expect(retrieved.body.data.meta).toMatchObject({ role, 'allowed-actions': own });
        const listed = await connection[role].client.get('/connect/connections');
        expect(listed.body.data).toEqual([retrieved.body.data]);
      },
    );

    it.each([...steps])('does nothing when somebody without the right asks to %s it', async (step) => {
      const before = await traceOf(connection.source.client, connection.id);
      const third = (await newPair(service.platform)).source.client;
      const auditor = await newKey(service.platform, connection.source.id, 'auditor');
      const callers = {
        'a third party': third,
        'an auditor of the source': auditor.client,
        'the platform’s admin': service.platform,
        'the platform’s auditor': new Client(service.url, service.demo.auditor.key),
        nobody: new Client(service.url, null),
      };
      const heard: Record<string, unknown> = {};
      for (const [name, caller] of Object.entries(callers)) {
        const really = refusalOf(await caller.step(connection.id, step));
        const dry = await caller.post(`/connect/connections/${connection.id}/${step}?dry-run=true`);
        expect(refusalOf(dry)).toEqual(really);
        heard[name] = really;
      }
      const command = (role: string): unknown => ({
        status: 403,
        code: 'not-permitted',
        meta: { 'permitted-roles': ['member', 'admin'], role },
      });
      expect(heard).toEqual({
        'a third party': { status: 404, code: 'not-found', meta: undefined },
        'an auditor of the source': command('auditor'),
        'the platform’s admin': command('platform-admin'),
        'the platform’s auditor': command('platform-auditor'),
        nobody: { status: 401, code: 'unauthenticated', meta: undefined },
      });
      expect(await traceOf(connection.source.client, connection.id)).toEqual(before);
    });

    it('refuses a second create, and names the one there is', async () => {
      const { source, destination, id } = connection;
      const before = await traceOf(source.client, id);
      const again = await source.client.create(destination.id, { name: 'Once more' });
      expect(refusalOf(again)).toEqual({
        status: 409,
        code: 'already-connected',
        meta: {
          'connection-id': id,
          status,
          'allowed-actions': status === 'inactive' ? ['reactivate'] : ['deactivate'],
        },
      });
      const { details } = again.body.errors[0];
      expect(details).toContain(id);
      expect(/reactivate/i.test(details as string)).toBe(status === 'inactive');
      expect(await traceOf(source.client, id)).toEqual(before);
    });

    it('can be seen, and not acted upon, by auditors', async () => {
      const own = await newKey(service.platform, connection.destination.id, 'auditor');
      const seen = await own.client.retrieve(connection.id);
      expect(seen.body.data.attributes.status).toBe(status);
      expect(seen.body.data.meta).toMatchObject({ role: 'destination', 'allowed-actions': [] });
      const operator = await new Client(service.url, service.demo.auditor.key).retrieve(connection.id);
      expect(operator.body.data.meta).toMatchObject({ role: null, 'allowed-actions': [], counterparty: null });
      expect(operator.body.data.attributes).toEqual(seen.body.data.attributes);
    });
  });

  it('lets a member command as an admin does', async () => {
    const { source, destination } = await newPair(service.platform);
    const [mine, theirs] = await Promise.all([
      newKey(service.platform, source.id, 'member'),
      newKey(service.platform, destination.id, 'member'),
    ]);
    const created = await mine.client.create(destination.id);
    expect(created.body.data.attributes['creator-id']).toBe(mine.id);
    const activated = await theirs.client.step(created.body.data.id as string, 'activate');
    expect(activated.body.data.attributes.status).toBe('active');
  });

  it.each(['source', 'destination'] as const)(
    'remembers that its %s deactivated it, until it returns',
    async (role) => {
      const connection = await newConnection(service.platform, 'active');
      const ended = await connection[role].client.step(connection.id, 'deactivate');
      expect(ended.body.data.attributes['deactivated-by']).toBe(role);
      const returned = await connection.source.client.step(connection.id, 'reactivate');
      expect(returned.body.data.attributes['deactivated-by']).toBeNull();
    },
  );

  it('keeps the reasons, and both parties read them', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'active');
    await destination.client.step(id, 'deactivate', { reason: 'Contract under review.\nSee you in May. ✓' });
    await source.client.step(id, 'reactivate', { reason: 'Review done.' });
    await source.client.step(id, 'deactivate');
    const reasons = (await source.client.history(id)).map(({ attributes }) => attributes.reason as unknown);
    expect(reasons).toEqual([null, null, 'Contract under review.\nSee you in May. ✓', 'Review done.', null]);
    expect(await destination.client.history(id)).toEqual(await source.client.history(id));
  });

  it('is two connections for two directions, each with a life of its own', async () => {
    const { source: one, destination: other } = await newPair(service.platform);
    const there = await one.client.create(other.id);
    const back = await other.client.create(one.id);
    expect([there.status, back.status]).toEqual([201, 201]);
    expect(there.body.data.id).not.toBe(back.body.data.id);
    const activated = await other.client.step(there.body.data.id as string, 'activate');
    const listed = await one.client.get('/connect/connections', { headers: positionOf(activated) });
    expect(
      listed.body.data.map(({ attributes, meta }: { attributes: { status: string }; meta: { role: string } }) => [
        meta.role,
        attributes.status,
      ]),
    ).toEqual([
      ['destination', 'pending'],
      ['source', 'active'],
    ]);
  });

  describe('creating', () => {
    let pair: Pair;
    beforeAll(async () => (pair = await newPair(service.platform)));
    /** No refused create may leave a connection behind. */
    afterEach(async () => {
      const { body } = await pair.source.client.get('/connect/connections');
      expect(body.data).toEqual([]);
    });

    it.each(['organization-id', 'source-organization-id'])('refuses a %s that is not the caller’s', async (name) => {
      const answer = await pair.source.client.create(pair.destination.id, { [name]: pair.destination.id });
      expect(answer.status).toBe(403);
      expect(answer.body.errors).toMatchObject([
        { code: 'foreign-organization', source: { pointer: `/data/attributes/${name}` } },
      ]);
    });

    it('refuses an organization that nobody knows', async () => {
      const answer = await pair.source.client.create('org_DEF456');
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toMatchObject([
        { code: 'unknown-organization', source: { pointer: '/data/attributes/destination-organization-id' } },
      ]);
    });

    it('refuses a connection of an organization with itself', async () => {
      const answer = await pair.source.client.create(pair.source.id);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toMatchObject([
        { code: 'self-connection', source: { pointer: '/data/attributes/destination-organization-id' } },
      ]);
    });

    it('refuses whoever may not command', async () => {
      const auditor = await newKey(service.platform, pair.source.id, 'auditor');
      const operator = new Client(service.url, service.demo.auditor.key);
      const nobody = new Client(service.url, null);
      const answers = await Promise.all(
        [auditor.client, service.platform, operator, nobody].map((caller) => caller.create(pair.destination.id)),
      );
      expect(answers.map(({ status, body }) => [status, body.errors[0].code])).toEqual([
        [403, 'not-permitted'],
        [403, 'not-permitted'],
        [403, 'not-permitted'],
        [401, 'unauthenticated'],
      ]);
    });
  });

  it('takes the caller’s own organization in the body for what it is', async () => {
    const { source, destination } = await newPair(service.platform);
    const answer = await source.client.create(destination.id, {
      'organization-id': source.id,
      'source-organization-id': source.id,
      name: '  Trimmed  ',
      scopes: ['case.read'],
    });
    expect(answer.status).toBe(201);
    expect(answer.body.data.attributes).toMatchObject({ name: 'Trimmed', scopes: ['case.read'] });
  });

  it('names the counterparty of each', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    const [bySource, byDestination] = await Promise.all([source.client.retrieve(id), destination.client.retrieve(id)]);
    expect(bySource.body.data.meta.counterparty).toEqual({ 'organization-id': destination.id, name: 'Destination' });
    expect(byDestination.body.data.meta.counterparty).toEqual({ 'organization-id': source.id, name: 'Source' });
  });
});

describe('where self-connections are allowed', () => {
  const service = new TestedService({ CONNECT_ALLOW_SELF_CONNECTIONS: 'true' });

  it('one organization takes every step, and sees its connection once', async () => {
    const { demo } = service;
    const third = new Client(demo.url, demo.third.key);
    const created = await third.create(demo.third['organization-id']);
    expect(created.status).toBe(201);
    expect(created.body.data.meta).toMatchObject({ role: 'source', 'allowed-actions': ['activate', 'deactivate'] });
    const id = created.body.data.id as string;
    const activated = await third.step(id, 'activate');
    expect(activated.body.data.attributes.status).toBe('active');
    const ended = await third.step(id, 'deactivate');
    expect(ended.body.data.attributes.status).toBe('inactive');
    const returned = await third.step(id, 'reactivate');
    const listed = await third.get('/connect/connections', { headers: positionOf(returned) });
    expect(listed.body.data).toEqual([returned.body.data]);
    expect((await third.history(id)).map(({ attributes }) => attributes.actor.role as unknown)).toEqual([
      'source',
      'destination',
      'source',
      'source',
    ]);
  });
});
