import { AlreadyConnected, type Connection, ConnectionsClient, ConnectionsError, NotFound } from '@connections/client';
import { newOrganization, newPair, type Party } from '../support/client';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy';
import { TestedService } from '../support/tested-service';

describe('the client package, against the running service', () => {
  const service = new TestedService({ RATE_LIMIT_PER_MINUTE: '100000' });

  const clientOf = ({ key }: { key: string }): ConnectionsClient =>
    new ConnectionsClient({ baseUrl: service.url, apiKey: key });
  const failureOf = async (call: Promise<unknown>): Promise<ConnectionsError> => {
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectionsError);
    return error as ConnectionsError;
  };

  it('takes a connection through its life', async () => {
    const { source, destination } = await newPair(service.platform);
    const [ours, theirs] = [clientOf(source), clientOf(destination)];
    const created = await ours.connections.create(
      { destinationOrganizationId: destination.id, scopes: ['inquiry.read'] },
      { correlationId: 'order-4711' },
    );
    expect(created).toMatchObject({
      attributes: { status: 'pending', destinationOrganizationId: destination.id, deactivatedBy: null },
      meta: { revision: 0, role: 'source', allowedActions: ['deactivate'] },
    });
    const { id } = created;

    const trial = await theirs.connections.activate(id, { dryRun: true });
    expect(trial).toMatchObject({ attributes: { status: 'active' }, meta: { dryRun: true } });
    expect((await theirs.connections.retrieve(id)).attributes.status).toBe('pending');

    const active = await theirs.connections.activate(id, { ifMatch: created });
    const inactive = await ours.connections.deactivate(id, { ifMatch: active, reason: 'Review.' });
    expect(inactive.attributes).toMatchObject({ status: 'inactive', deactivatedBy: 'source' });
    const stale = await failureOf(ours.connections.reactivate(id, { ifMatch: active }));
    expect(stale).toMatchObject({ name: 'StaleRevision', meta: { revision: 2 } });
    await ours.connections.reactivate(id, { ifMatch: inactive.meta.revision, reason: 'Done.' });

    const past = await ours.connections.retrieve(id, { revision: 1 });
    expect(past.attributes).toEqual(active.attributes);
    expect(await ours.connections.retrieve(id, { asOf: past.attributes.updatedAt })).toEqual(past);

    const events = [];
    for await (const { attributes } of theirs.connections.history(id, { size: 2 })) events.push(attributes);
    expect(events.map(({ event, reason }) => [event, reason])).toEqual([
      ['ConnectionCreated', null],
      ['ConnectionActivated', null],
      ['ConnectionDeactivated', 'Review.'],
      ['ConnectionReturnedToPending', 'Done.'],
    ]);
    expect(events[0]).toMatchObject({ correlationId: 'order-4711', actor: { organizationId: source.id } });
    const { attributes: change } = await theirs.connections.diff(id, { from: 1, to: events[2]!.occurredAt });
    expect(change).toMatchObject({ from: { revision: 1 }, to: { revision: 2, hash: events[2]!.hash } });
    expect(change.changes[0]).toEqual({ attribute: 'status', from: 'active', to: 'inactive' });
    expect(change.events.map(({ attributes }) => attributes)).toEqual([events[2]]);
    const then = ours.connections.list({ asOf: past.attributes.updatedAt, status: 'active', size: 1 });
    expect((await then.page()).data.map(({ attributes }) => attributes)).toEqual([past.attributes]);
    const ended = theirs.connections.history(id, {
      event: ['ConnectionDeactivated', 'ConnectionActivated'],
      actor: source.id,
      occurredAtStart: past.attributes.updatedAt,
    });
    expect((await ended.page()).data.map(({ attributes }) => attributes)).toEqual([events[2]]);
    expect(events[2]!.summary).toMatch(
      /^Source \(source\) deactivated the connection for the reason "Review." with key /,
    );
  });

  it('reads and filters lists to their end', async () => {
    const source = await newOrganization(service.platform, 'Source of many');
    const ours = clientOf(source);
    const destinations = await Promise.all(
      Array.from({ length: 5 }, (_, index) => newOrganization(service.platform, `Many ${index}`)),
    );
    for (const { id } of destinations) await ours.connections.create({ destinationOrganizationId: id });
    await clientOf(destinations[1]!).connections.activate((await ours.connections.list().page()).data[3]!.id);
    const listed = async (query: Parameters<typeof ours.connections.list>[0]): Promise<string[]> => {
      const found: string[] = [];
      for await (const { attributes } of ours.connections.list(query)) found.push(attributes.destinationOrganizationId);
      return found;
    };
    const newestFirst = destinations.map(({ id }) => id).reverse();
    expect(await listed({ size: 2 })).toEqual(newestFirst);
    expect(await listed({ size: 2, status: ['pending', 'inactive'] })).toEqual(
      newestFirst.filter((id) => id !== destinations[1]!.id),
    );
    expect(await listed({ status: 'active' })).toEqual([destinations[1]!.id]);
    expect(await listed({ role: 'destination' })).toEqual([]);
    expect(await listed({ createdAtEnd: '2026-01-01T00:00:00Z' })).toEqual([]);
    expect(await listed({ sort: 'created-at', size: 2 })).toEqual(destinations.map(({ id }) => id));
    expect(await listed({ search: 'many 3' })).toEqual([destinations[3]!.id]);

    const first = await ours.connections.list({ size: 2 }).page();
    const second = await ours.connections.list({ size: 2, after: first.next! }).page();
    const back = await ours.connections.list({ size: 2, before: second.previous! }).page();
    expect(back.data).toEqual(first.data);
  });

  it('tells who looked into what happened', async () => {
    const source = await newOrganization(service.platform, 'Looked at');
    const destination = await newOrganization(service.platform, 'Partner');
    const created = await clientOf(source).connections.create({ destinationOrganizationId: destination.id });
    const auditor = new ConnectionsClient({ baseUrl: service.url, apiKey: service.demo.auditor.key });
    await auditor.connections.history(created.id).page();
    const [told] = (await clientOf(destination).accesses.list({ kind: 'history' }).page()).data;
    const seen = { kind: 'history', subjectId: created.id, role: 'platform-auditor', outcome: 'given', items: 1 };
    expect(told?.attributes).toMatchObject(seen);
  });

  it('keeps the directory', async () => {
    const own = new ConnectionsClient({ baseUrl: service.url, apiKey: service.demo.platform.key });
    const organization = await own.organizations.create({ name: 'Made by the client' });
    const made = await own.apiKeys.create({ organizationId: organization.id, role: 'member', name: 'First' });
    const member = clientOf({ key: made.attributes.key! });
    expect(await member.organization.retrieve()).toEqual(organization);
    expect((await own.organizations.list({ size: 1 }).page()).data).toEqual([organization]);
    const listed = [];
    for await (const { id } of own.apiKeys.list({ organizationId: organization.id })) listed.push(id);
    expect(listed).toEqual([made.id]);
    expect((await own.apiKeys.revoke(made.id)).attributes.revokedAt).not.toBeNull();
    expect((await failureOf(member.organization.retrieve())).name).toBe('Unauthenticated');
  });

  it('is told whether data may be shared', async () => {
    const { source, destination } = await newPair(service.platform);
    const [ours, theirs] = [clientOf(source), clientOf(destination)];
    const pair = { sourceOrganizationId: source.id, destinationOrganizationId: destination.id };
    const question = { ...pair, scopes: ['inquiry.read'] };
    expect(await ours.shareChecks.mayShare(question)).toBe(false);
    const { id } = await ours.connections.create({ ...question });
    const { attributes: active } = await theirs.connections.activate(id);
    expect(await theirs.shareChecks.mayShare(question)).toBe(true);
    await ours.connections.deactivate(id);
    expect(await theirs.shareChecks.mayShare(question)).toBe(false);

    const check = await theirs.shareChecks.check({ ...question, asOf: active.updatedAt });
    expect(check.attributes).toMatchObject({ ...question, allowed: true, reason: 'active', eventId: `${id}@1` });
    const several = await ours.shareChecks.checkAll([
      question,
      { ...pair, scopes: [] },
      { ...question, asOf: active.updatedAt },
    ]);
    expect(several).toMatchObject([
      { attributes: { allowed: false, reason: 'inactive', unblockedBy: { step: 'reactivate', by: ['source'] } } },
      { errors: [{ code: 'no-scopes' }] },
      check,
    ]);
    const wrong = await failureOf(ours.shareChecks.mayShare({ ...pair, scopes: ['x'] }));
    expect(wrong).toMatchObject({ name: 'InvalidRequest', code: 'unknown-scope' });
  });

  it('tells errors apart as the service means them', async () => {
    const { source, destination } = await newPair(service.platform);
    const [ours, theirs] = [clientOf(source), clientOf(destination)];
    const { id } = await ours.connections.create({ destinationOrganizationId: destination.id });
    const again = await failureOf(ours.connections.create({ destinationOrganizationId: destination.id }));
    expect(again).toBeInstanceOf(AlreadyConnected);
    expect(again).toMatchObject({ status: 409, meta: { connectionId: id, status: 'pending' } });
    expect(again.requestId).toMatch(/^req_/);
    expect(await failureOf(ours.connections.activate(id))).toMatchObject({
      name: 'NotPermitted',
      meta: { permittedRoles: ['destination'] },
    });
    await theirs.connections.activate(id);
    expect(await failureOf(theirs.connections.activate(id))).toMatchObject({
      name: 'IllegalTransition',
      meta: { status: 'active', allowedActions: ['deactivate'] },
    });
    const third = new ConnectionsClient({ baseUrl: service.url, apiKey: service.demo.third.key });
    expect(await failureOf(third.connections.retrieve(id))).toBeInstanceOf(NotFound);
    expect(await failureOf(ours.connections.retrieve(id, { revision: 9 }))).toMatchObject({ code: 'not-then' });
    const wrong = { destinationOrganizationId: 'org_none', name: '', scopes: ['x'] };
    expect((await failureOf(ours.connections.create(wrong))).errors.map(({ code }) => code).sort()).toEqual([
      'invalid-name',
      'unknown-organization',
      'unknown-scope',
    ]);
  });

  describe('when the answer to what took effect is lost', () => {
    const question = async (): Promise<[Party, { destinationOrganizationId: string }]> => {
      const { source, destination } = await newPair(service.platform);
      return [source, { destinationOrganizationId: destination.id }];
    };
    const losing = ({ key }: Party, lost: () => Response): ConnectionsClient =>
      new ConnectionsClient({
        baseUrl: service.url,
        apiKey: key,
        retries: 0,
        fetch: async (...request) => {
          await fetch(...request);
          return lost();
        },
      });
    const expectOne = async (ours: Party, repeated: Promise<Connection>): Promise<void> => {
      const { id, meta } = await repeated;
      expect(meta.revision).toBe(0);
      const { data } = await clientOf(ours).connections.list().page();
      expect(data.map((connection) => connection.id)).toEqual([id]);
    };

    it.each<[string, () => Response]>([
      ['Unavailable', () => new Response('<html>Gateway Timeout</html>', { status: 504 })],
      ['ConnectionsError', () => new Response('<html>Please log in</html>')],
      ['ConnectionsError', () => new Response('Not here', { status: 404 })],
      [
        'Unreachable',
        () => {
          throw new TypeError('It is gone.');
        },
      ],
    ])('has it once under the key of its %s', async (name, lost) => {
      const [ours, to] = await question();
      const failure = await failureOf(losing(ours, lost).connections.create(to));
      expect(failure.name).toBe(name);
      const { idempotencyKey } = failure;
      await expectOne(ours, clientOf(ours).connections.create(to, { idempotencyKey }));
    });

    it('has it once under the caller’s own key, when the caller has ended it', async () => {
      const [ours, to] = await question();
      const caller = new AbortController();
      const reason = new Error('The user has left.');
      const lost = (): Response => {
        caller.abort(reason);
        throw reason;
      };
      const own = { idempotencyKey: 'order-4711' };
      const call = losing(ours, lost).connections.create(to, { ...own, signal: caller.signal });
      await expect(call).rejects.toBe(reason);
      await expectOne(ours, clientOf(ours).connections.create(to, own));
    });
  });

  describe('over connections that are cut again and again', () => {
    let proxy: CuttingProxy;
    let source: Party;
    beforeAll(async () => {
      source = await newOrganization(service.platform, 'Source of fifty');
      proxy = await startCuttingProxy(service.url, 150);
    });
    afterAll(() => proxy.stop());

    it('takes each of fifty creates and activations at once exactly once', async () => {
      const destinations = await Promise.all(
        Array.from({ length: 50 }, (_, index) => newOrganization(service.platform, `Fifty ${index}`)),
      );
      const patient = (key: string): ConnectionsClient =>
        new ConnectionsClient({ baseUrl: proxy.url, apiKey: key, retries: 100, timeout: 25_000 });
      const ours = patient(source.key);
      const active = await Promise.all(
        destinations.map(async ({ id: destinationOrganizationId, key }): Promise<Connection> => {
          const created = await ours.connections.create({ destinationOrganizationId });
          expect(created.meta.revision).toBe(0);
          return patient(key).connections.activate(created.id);
        }),
      );
      expect(active.map(({ attributes }) => attributes.status)).toEqual(active.map(() => 'active'));
      // That it was cut at all, and at each place, is what makes this a test.
      expect([...proxy.done.values()]).toEqual([50, 50, 50]);
      expect(new Set(active.map(({ id }) => id)).size).toBe(50);
      for (const { id } of active) {
        const history = await source.client.history(id);
        expect(history.map(({ attributes }) => attributes.event)).toEqual(['ConnectionCreated', 'ConnectionActivated']);
      }
    });
  });
});
