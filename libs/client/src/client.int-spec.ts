import { getEventListeners } from 'node:events';
import { text } from 'node:stream/consumers';
import { connection, ok, type Reaction, type Received, refusal, ScriptedServer } from './testing/scripted-server';
import * as client from './index';

const { ConnectionsClient } = client;

describe('the client', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  /** A server that gives these reactions one by one, and repeats the last one. */
  const serverThat = async (...reactions: Reaction[]): Promise<void> => {
    server = await ScriptedServer.start((_, before) => reactions[Math.min(before, reactions.length - 1)]!);
  };
  const clientOf = (options: Partial<client.ClientOptions> = {}): client.ConnectionsClient =>
    new ConnectionsClient({ baseUrl: server.url, apiKey: 'cx_1_secret', ...options });
  const to = { destinationOrganizationId: 'org_2' };
  const headersOf = (name: string): unknown[] => server.received.map(({ headers }) => headers[name]);
  const failureOf = async (call: Promise<unknown>): Promise<client.ConnectionsError> => {
    const error: unknown = await call.then(
      () => new Error('The call went well.'),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(client.ConnectionsError);
    return error as client.ConnectionsError;
  };

  describe('says', () => {
    it('who it is, what it wants, and in which casing', async () => {
      await serverThat(ok(connection(0)));
      const created = await clientOf().connections.create({ ...to, name: 'Ours' }, { correlationId: 'order-4711' });
      expect(created).toEqual(connection(0));
      const [{ method, target, headers, body }] = server.received as [Received];
      expect([method, target]).toEqual(['POST', '/api/v1/connect/connections']);
      expect(JSON.parse(body)).toEqual({ data: { attributes: { destinationOrganizationId: 'org_2', name: 'Ours' } } });
      expect(headers).toMatchObject({
        authorization: 'Bearer cx_1_secret',
        accept: 'application/json',
        'content-type': 'application/json',
        'key-inflection': 'camel',
        'request-id': 'order-4711',
      });
    });

    it('it where the service is, also behind a path', async () => {
      await serverThat(ok(connection(0)));
      for (const path of ['', '/', '/inside', '/inside/']) {
        await clientOf({ baseUrl: server.url + path }).organization.retrieve();
      }
      const plain = '/api/v1/organization';
      expect(server.received.map(({ target }) => target)).toEqual([plain, plain, `/inside${plain}`, `/inside${plain}`]);
    });

    it.each([
      ['request-id', { correlationId: 'one\ntwo' }],
      ['request-id', { correlationId: 'Auftrag → 7' }],
      ['request-id', { correlationId: 'é' }],
      ['request-id', { correlationId: 'a\u0001b' }],
      ['request-id', { correlationId: '' }],
      ['request-id', { correlationId: 'a'.repeat(256) }],
      ['idempotency-key', { idempotencyKey: '' }],
      ['idempotency-key', { idempotencyKey: 'a'.repeat(256) }],
      ['idempotency-key', { idempotencyKey: 'a\0b' }],
      ['idempotency-key', { idempotencyKey: 'a\u007f' }],
      ['idempotency-key', { idempotencyKey: ' a' }],
    ])('nothing that its %s cannot carry, as in %j', async (header, options) => {
      await serverThat(ok(connection(0)));
      const failure = await failureOf(clientOf().connections.create(to, options));
      expect(failure).toBeInstanceOf(client.InvalidRequest);
      expect(failure).toMatchObject({ code: 'invalid-header', status: null });
      expect(failure.message).toContain(header);
      expect(failure.message).toContain(JSON.stringify(Object.values(options)[0]));
      expect(server.received).toEqual([]);
    });

    it('as much as a header can carry', async () => {
      await serverThat(ok(connection(0)));
      const longest = 'a'.repeat(255);
      await clientOf().connections.create(to, { idempotencyKey: longest, correlationId: longest });
      expect([headersOf('idempotency-key'), headersOf('request-id')]).toEqual([[longest], [longest]]);
    });

    it.each([null, undefined])('nothing for what is not given, as in %s', async (none) => {
      await serverThat(ok(connection(0)));
      await clientOf().connections.create(to, { idempotencyKey: none, correlationId: none });
      await clientOf().connections.retrieve('cxn_1', { correlationId: none });
      expect(headersOf('request-id')).toEqual([undefined, undefined]);
      expect(headersOf('idempotency-key')).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), undefined]);
    });

    it('nothing for what is undefined', async () => {
      await serverThat(ok([]));
      const patience = { timeout: undefined, retries: undefined, signal: undefined };
      const client = clientOf({ timeout: undefined, attemptTimeout: undefined, readOwnWrites: undefined });
      await client.connections.list({ role: undefined, status: undefined, size: undefined }, patience).page();
      expect(server.received.map(({ target }) => target)).toEqual(['/api/v1/connect/connections?page[size]=100']);
    });

    it.each<unknown>(['true', 1, null, 0])('no step whose dryRun is neither true nor false: %j', async (given) => {
      const dryRun = given as boolean;
      await serverThat(ok(connection(1)));
      const { connections } = clientOf();
      for (const step of ['activate', 'deactivate', 'reactivate'] as const) {
        await expect(connections[step]('cxn_1', { dryRun })).rejects.toThrow(TypeError);
      }
      await expect(connections.redact('cxn_1', 0, { dryRun })).rejects.toThrow(/^dryRun must be/);
      expect(server.received).toEqual([]);
    });

    it.each<client.StepOptions>([{ dryRun: true }, { ifMatch: 1 }])(
      'nothing that can only be a step with %j',
      async (of) => {
        await serverThat(ok(connection(0)));
        const { connections, organizations, apiKeys } = clientOf();
        // The types do not allow it.
        const options = of as client.WriteOptions;
        for (const call of [
          connections.create(to, options),
          organizations.create({ name: 'Ours' }, options),
          apiKeys.revoke('key_1', options),
        ]) {
          await expect(call).rejects.toThrow(TypeError);
        }
        expect(server.received).toEqual([]);
      },
    );

    it('what a step is to be like', async () => {
      await serverThat(ok(connection(3)));
      const { connections } = clientOf();
      const seen = await connections.deactivate('cxn_1', { reason: 'Review.', dryRun: true, ifMatch: 2 });
      await connections.reactivate('cxn_1', { ifMatch: seen });
      await connections.activate('cxn_1', { dryRun: false });
      expect(server.received.map(({ target }) => target)).toEqual([
        '/api/v1/connect/connections/cxn_1/deactivate?dryRun=true',
        '/api/v1/connect/connections/cxn_1/reactivate',
        '/api/v1/connect/connections/cxn_1/activate',
      ]);
      expect(headersOf('if-match')).toEqual(['"2"', '"3"', undefined]);
      expect(server.received.map(({ body }) => JSON.parse(body).data.attributes)).toEqual([
        { reason: 'Review.' },
        {},
        {},
      ]);
    });

    it.each(['', '.', '..'])('never another path than the one of an id, whatever the id: %j', async (id) => {
      await serverThat(ok(connection(0)));
      const { connections, apiKeys } = clientOf();
      for (const call of [
        connections.retrieve(id),
        connections.activate(id),
        connections.history(id).page(),
        apiKeys.revoke(id),
      ]) {
        expect(await failureOf(call)).toBeInstanceOf(client.InvalidRequest);
      }
      await connections.retrieve('a/../b?c');
      expect(server.received.map(({ target }) => target)).toEqual(['/api/v1/connect/connections/a/../b?c']);
    });
  });

  describe('gives an export', () => {
    const fileNamed = (name: string, body: string): Reaction & object => ({
      status: 200,
      headers: { etag: '"e1"', 'content-disposition': `attachment; filename="${name}"` },
      body,
    });
    const exported = (body: string): Reaction & object => fileNamed('connections-everything-42.ndjson', body);

    it('as it comes, with what is needed to have it again', async () => {
      await serverThat(refusal(503, 'unavailable'), exported('one\ntwo\n'));
      const begun = await clientOf().exports.begin({ connectionId: 'cxn_1', since: 7, format: 'ndjson' });
      expect(begun).toMatchObject({ fileName: 'connections-everything-42.ndjson', checkpoint: 42, etag: '"e1"' });
      expect(await text(begun.body)).toBe('one\ntwo\n');
      expect(server.received).toHaveLength(2);
      expect(server.received[1]?.target).toBe('/api/v1/audit/export?connectionId=cxn_1&since=7&format=ndjson');
    });

    it('until the caller ends it, on whose signal nothing is left behind by those that came to their end', async () => {
      await serverThat(exported('one\n'), { ...exported('one\n'), amid: 'stall' });
      const caller = new AbortController();
      const whole = await clientOf().exports.begin({}, { signal: caller.signal });
      expect(await text(whole.body)).toBe('one\n');
      expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
      const { body } = await clientOf().exports.begin({}, { signal: caller.signal });
      const reason = new Error('The auditor has left.');
      caller.abort(reason);
      await expect(text(body)).rejects.toBe(reason);
    });

    it('that fails where it breaks off', async () => {
      await serverThat({ ...exported('one\n'), amid: 'break off' });
      const { body } = await clientOf().exports.begin();
      const error = await failureOf(text(body));
      expect(error).toBeInstanceOf(client.Unreachable);
      expect(error).toMatchObject({ code: 'unreachable', cause: expect.anything() });
      expect(error.message).toContain(`${server.url} could not be reached: `);
      expect(server.received).toHaveLength(1);
    });

    it('whose connection ends when the reader stops', async () => {
      await serverThat({ ...exported('one\n'), amid: 'stall' });
      const { body } = await clientOf().exports.begin();
      for await (const _ of body) break;
      await server.isLeft();
    });

    it.each([
      'connections-organization-org_01-7.csv',
      'connections-connection-cxn_01AbC-123456.ndjson',
      'connections-everything-0.ndjson',
    ])('under a plain name such as %s', async (name) => {
      await serverThat(fileNamed(name, ''));
      const { fileName, checkpoint } = await clientOf().exports.begin();
      expect(fileName).toBe(name);
      expect(name).toContain(`-${checkpoint}.`);
    });

    it.each([
      '../connections-everything-42.ndjson',
      'connections-everything/../../x-42.ndjson',
      'connections-..\\x-42.ndjson',
      '/etc/connections-everything-42.ndjson',
      'connections-everything-42.ndjson.exe',
      'connections-everything-42.sh',
      'connections-everything.ndjson',
      'connections-everything-9999999999999999999.ndjson',
      '.bashrc',
      '',
    ])('and never under another name, such as %j', async (name) => {
      await serverThat(fileNamed(name, 'one\n'));
      const error = await failureOf(clientOf().exports.begin());
      expect(error).toMatchObject({ name: 'ConnectionsError', code: 'unexpected-answer', status: 200 });
    });

    it('and takes nothing else for one', async () => {
      await serverThat({ status: 200, body: '<html>Please log in</html>' }, { status: 204 }, ok({}));
      const { exports } = clientOf();
      for (const status of [200, 204, 200]) {
        const error = await failureOf(exports.begin());
        expect(error.constructor).toBe(client.ConnectionsError);
        expect(error).toMatchObject({ code: 'unexpected-answer', status });
      }
    });

    it('or says why there is none', async () => {
      await serverThat(refusal(404, 'not-found'));
      expect(await failureOf(clientOf().exports.begin({ connectionId: 'cxn_1' }))).toBeInstanceOf(client.NotFound);
    });
  });

  describe('tries again', () => {
    const passing: [string, Reaction][] = [
      ['a connection that is dropped', 'drop'],
      ['an answer that breaks off', 'break off'],
      ['409, still under way', refusal(409, 'request-in-flight')],
      ['429', refusal(429, 'rate-limited', { headers: { 'retry-after': '0' } })],
      ['503', refusal(503, 'unavailable')],
      ['503, not yet visible', refusal(503, 'not-yet-visible')],
      ['502 of somebody in between', { status: 502, body: '<html>Bad Gateway</html>' }],
      ['504 of somebody in between', { status: 504, body: '' }],
    ];

    it.each(passing)('after %s', async (_, reaction) => {
      await serverThat(reaction, reaction, ok(connection(0)));
      expect(await clientOf().connections.create(to)).toEqual(connection(0));
      expect(server.received).toHaveLength(3);
    });

    it.each(passing)('no more often than it may after %s', async (_, reaction) => {
      await serverThat(reaction);
      await failureOf(clientOf({ retries: 2 }).connections.retrieve('cxn_1'));
      expect(server.received).toHaveLength(3);
      await failureOf(clientOf().connections.retrieve('cxn_1', { retries: 0 }));
      expect(server.received).toHaveLength(4);
    });

    it('with the very same request', async () => {
      await serverThat('drop', refusal(503, 'unavailable'), ok(connection(0)));
      await clientOf().connections.deactivate('cxn_1', { reason: 'Review.', ifMatch: 1 });
      const [first, ...others] = server.received as [Received, ...Received[]];
      expect(others).toEqual([first, first]);
    });

    it('under one key a call, each call under another', async () => {
      await serverThat('drop', ok(connection(0)));
      const { connections, organization } = clientOf();
      await connections.create(to);
      await connections.create(to);
      await connections.create(to, { idempotencyKey: 'mine' });
      await organization.retrieve();
      const [first, again, second, mine, none] = headersOf('idempotency-key');
      expect(first).toMatch(/^[0-9a-f-]{36}$/);
      expect(again).toBe(first);
      expect(second).toMatch(/^[0-9a-f-]{36}$/);
      expect(second).not.toBe(first);
      expect([mine, none]).toEqual(['mine', undefined]);
    });

    it.each([
      [400, 'invalid-parameter'],
      [401, 'unauthenticated'],
      [403, 'not-permitted'],
      [404, 'not-found'],
      [409, 'illegal-transition'],
      [412, 'stale-revision'],
      [422, 'invalid-name'],
      [500, 'internal'],
    ])('never after %s %s', async (status, code) => {
      await serverThat(refusal(status, code));
      await failureOf(clientOf().connections.create(to));
      expect(server.received).toHaveLength(1);
    });

    it('not before the time that it was told, to the second', async () => {
      // Slightly less than was requested, since the two clocks may round differently.
      const closed = 950;
      let opens: number | undefined;
      server = await ScriptedServer.start(() => {
        opens ??= performance.now() + closed;
        return performance.now() < opens
          ? refusal(429, 'rate-limited', { headers: { 'retry-after': '1' } })
          : ok(connection(0));
      });
      await clientOf().connections.create(to);
      expect(server.received).toHaveLength(2);
    });

    it('not at all when the time that it was told is beyond its own', async () => {
      const date = new Date(Date.now() + 3_600_000).toUTCString();
      await serverThat(
        refusal(503, 'unavailable', { headers: { 'retry-after': '3600' } }),
        refusal(503, 'unavailable', { headers: { 'retry-after': date } }),
      );
      const { connections } = clientOf();
      const bySeconds = await failureOf(connections.create(to));
      const byDate = await failureOf(connections.create(to));
      expect(server.received).toHaveLength(2);
      expect(bySeconds.retryAfter).toBe(3_600_000);
      expect(byDate.retryAfter).toBeGreaterThan(3_500_000);
    });
  });

  describe('gives up', () => {
    it('when its time is up, amid an answer that does not come', async () => {
      await serverThat('say nothing');
      const error = await failureOf(clientOf({ timeout: 200 }).connections.create(to, { idempotencyKey: 'mine' }));
      expect(error).toBeInstanceOf(client.TimedOut);
      expect(error).toMatchObject({ code: 'timed-out', status: null, requestId: null, idempotencyKey: 'mine' });
      expect(error.message).toBe(`${server.url} had not answered after 200 ms.`);
    });

    it('with what had failed until then as the cause', async () => {
      await serverThat(refusal(503, 'unavailable'), 'say nothing');
      const error = await failureOf(clientOf({ timeout: 1_000 }).connections.create(to));
      expect(error).toBeInstanceOf(client.TimedOut);
      expect(error.cause).toBeInstanceOf(client.Unavailable);
    });

    it('on one answer that does not come, and tries again', async () => {
      await serverThat('say nothing', ok(connection(0)));
      expect(await clientOf({ attemptTimeout: 200 }).connections.create(to)).toEqual(connection(0));
      expect(new Set(headersOf('idempotency-key')).size).toBe(1);
    });

    it('as soon as the caller does, and does nothing when it had before', async () => {
      const reason = new Error('The user has left.');
      await serverThat('say nothing');
      const caller = new AbortController();
      const call = clientOf().connections.create(to, { signal: caller.signal });
      await server.has(1);
      caller.abort(reason);
      await expect(call).rejects.toBe(reason);
      await expect(clientOf().connections.create(to, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(server.received).toHaveLength(1);
    });

    it('on a service that is not there, saying why', async () => {
      await serverThat('drop');
      const unreachable = clientOf({ retries: 0 });
      await server.stop();
      const error = await failureOf(unreachable.connections.create(to, { idempotencyKey: 'mine' }));
      expect(error).toBeInstanceOf(client.Unreachable);
      expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ could not be reached: .*ECONNREFUSED/);
      expect(error).toMatchObject({ code: 'unreachable', status: null, idempotencyKey: 'mine' });
      await serverThat('drop');
    });
  });

  describe('reads what it wrote', () => {
    const written = (position: string): Reaction => ok(connection(0), { 'connect-position': position });

    it('by naming the last place that it has written to', async () => {
      await serverThat(written('0007'), written('0005'), ok(connection(0)), ok([]), ok([]), ok(connection(0)));
      const { connections, organization } = clientOf();
      await connections.create(to);
      await connections.activate('cxn_1');
      await connections.retrieve('cxn_1');
      await connections.list().page();
      await connections.history('cxn_1').page();
      await organization.retrieve();
      await clientOf().connections.retrieve('cxn_1');
      expect(headersOf('connect-position')).toEqual([
        undefined,
        undefined,
        '0007',
        '0007',
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('unless it is not to', async () => {
      await serverThat(written('0007'));
      const { connections } = clientOf({ readOwnWrites: false });
      await connections.create(to);
      await connections.retrieve('cxn_1');
      expect(headersOf('connect-position')).toEqual([undefined, undefined]);
    });
  });

  describe('reads lists', () => {
    const link = (name: string, cursor: string): string =>
      `/somewhere/else?page%5Bsize%5D=2&page%5B${name}%5D=${cursor}`;
    const page = (ids: string[], prev: string | null, next: string | null): Reaction => ({
      status: 200,
      body: { data: ids.map((id) => ({ id, attributes: {} })), links: { prev, next } },
    });
    const pages = [
      page(['a', 'b'], null, link('after', 'B')),
      page(['c', 'd'], link('before', 'C'), link('after', 'D')),
      page(['e'], link('before', 'E'), null),
    ];
    const targets = (): string[] => server.received.map(({ target }) => target.split('?')[1] ?? '');

    it('to their end, with the filters that it was given', async () => {
      await serverThat(...pages);
      const query = {
        status: ['pending', 'active'],
        role: 'source',
        createdAtStart: '2026-06-01',
        size: 2,
        sort: 'name',
      } as const;
      const ids: string[] = [];
      for await (const { id } of clientOf().connections.list(query)) ids.push(id);
      expect(ids).toEqual(['a', 'b', 'c', 'd', 'e']);
      const filters =
        'page[size]=2&filter[status]=pending,active&filter[role]=source&filter[createdAtStart]=2026-06-01&sort=name';
      expect(targets().map((target) => new URLSearchParams(target.replaceAll('+', ' ')).toString())).toEqual(
        [filters, `${filters}&page[after]=B`, `${filters}&page[after]=D`].map((target) =>
          new URLSearchParams(target).toString(),
        ),
      );
    });

    it('no further than they are looked at', async () => {
      await serverThat(...pages);
      const list = clientOf().connections.list();
      expect(server.received).toHaveLength(0);
      for await (const { id } of list) if (id === 'c') break;
      expect(targets()).toEqual(['page[size]=100', 'page[size]=100&page[after]=B']);
    });

    it('page by page', async () => {
      await serverThat(...pages, ...pages);
      const seen: unknown[] = [];
      for await (const { data, next, previous } of clientOf().apiKeys.list({ organizationId: 'org_1' }).pages()) {
        seen.push([data.length, next, previous]);
      }
      expect(seen).toEqual([
        [2, 'B', null],
        [2, 'D', 'C'],
        [1, null, 'E'],
      ]);
      expect(targets()[0]).toBe('page[size]=100&filter[organizationId]=org_1');
    });

    it('one page alone, from a cursor on', async () => {
      await serverThat(page(['c'], link('before', 'C'), link('after', 'D')));
      const { connections } = clientOf();
      const one = await connections.list({ after: 'B', size: 1 }).page();
      expect(one).toEqual({ data: [{ id: 'c', attributes: {} }], next: 'D', previous: 'C' });
      expect(targets()).toEqual(['page[size]=1&page[after]=B']);
    });

    it('onwards from a page that it went back to', async () => {
      await serverThat(page(['c'], null, link('after', 'C')), page(['d'], null, null));
      for await (const _ of clientOf().connections.list({ before: 'D', size: 1 }));
      expect(targets()).toEqual(['page[size]=1&page[before]=D', 'page[size]=1&page[after]=C']);
    });
  });

  describe('asks whether data may be shared', () => {
    const question = { sourceOrganizationId: 'org_1', destinationOrganizationId: 'org_2', scopes: ['inquiry.read'] };
    const answer = (allowed: unknown): object => ({ type: 'connect/share-checks', attributes: { allowed } });

    it('and never about the past, whatever it is handed', async () => {
      await serverThat(ok(answer(true)));
      const past = { ...question, asOf: '2018-06-01T00:00:00Z', revision: 1 };
      await clientOf().shareChecks.mayShare(past);
      expect(JSON.parse(server.received[0]!.body)).toEqual({ data: { attributes: question } });
    });

    it('and takes nothing but a yes for a yes', async () => {
      await serverThat(...[true, false, undefined, 'true'].map((allowed) => ok(answer(allowed))));
      const { shareChecks } = clientOf();
      const heard: boolean[] = [];
      for (let asked = 0; asked < 4; asked += 1) heard.push(await shareChecks.mayShare(question));
      expect(heard).toEqual([true, false, false, false]);
      expect(JSON.parse(server.received[0]!.body)).toEqual({ data: { attributes: question } });
    });

    it('again when there was no answer, and never for a remembered one', async () => {
      await serverThat('drop', refusal(503, 'unavailable'), ok(answer(false)));
      expect(await clientOf().shareChecks.mayShare(question)).toBe(false);
      expect(headersOf('idempotency-key')).toEqual([undefined, undefined, undefined]);
    });

    it('and throws when it is not told', async () => {
      await serverThat(refusal(503, 'unavailable'));
      const error = await failureOf(clientOf({ retries: 1 }).shareChecks.mayShare(question));
      expect(error).toMatchObject({ name: 'Unavailable', idempotencyKey: null });
    });

    it('a hundred times in one call, and of nothing not at all', async () => {
      server = await ScriptedServer.start(({ body }) =>
        ok((JSON.parse(body).data as { attributes: object }[]).map(({ attributes }) => ({ attributes }))),
      );
      const questions = Array.from({ length: 201 }, (_, index) => ({ ...question, scopes: [`scope-${index}`] }));
      const answers = await clientOf().shareChecks.checkAll(questions);
      expect(answers).toEqual(questions.map((attributes) => ({ attributes })));
      expect(server.received.map(({ body }) => JSON.parse(body).data.length)).toEqual([100, 100, 1]);
      expect(await clientOf().shareChecks.checkAll([])).toEqual([]);
      expect(server.received).toHaveLength(3);
    });
  });

  describe('tells what went wrong', () => {
    it.each([
      [400, 'unknown-attribute', client.InvalidRequest],
      [401, 'unauthenticated', client.Unauthenticated],
      [403, 'not-permitted', client.NotPermitted],
      [404, 'not-then', client.NotFound],
      [404, 'unknown-route', client.ConnectionsError],
      [406, 'not-acceptable', client.InvalidRequest],
      [409, 'already-connected', client.AlreadyConnected],
      [409, 'illegal-transition', client.IllegalTransition],
      [409, 'request-in-flight', client.Unavailable],
      [412, 'stale-revision', client.StaleRevision],
      [413, 'body-too-large', client.InvalidRequest],
      [415, 'unsupported-media-type', client.InvalidRequest],
      [422, 'unknown-scope', client.InvalidRequest],
      [429, 'rate-limited', client.RateLimited],
      [500, 'internal', client.ConnectionsError],
      [503, 'unavailable', client.Unavailable],
      [409, 'a-code-of-the-future', client.ConnectionsError],
      [422, 'a-code-of-the-future', client.InvalidRequest],
      [409, 'constructor', client.ConnectionsError],
      [422, 'toString', client.InvalidRequest],
    ])('%s %s', async (status, code, kind) => {
      const source = { pointer: '/data/attributes/name' };
      await serverThat(refusal(status, code, { source, meta: { revision: 4 } }));
      const error = await failureOf(clientOf({ retries: 0 }).connections.create(to, { idempotencyKey: 'mine' }));
      expect(error.constructor).toBe(kind);
      expect(error).toMatchObject({
        name: kind.name,
        message: `It is ${code}. (${code}, req_1)`,
        code,
        status,
        requestId: 'req_1',
        source,
        meta: { revision: 4 },
        idempotencyKey: 'mine',
        retryAfter: null,
      });
    });

    it.each<[string, Reaction]>([
      ['nobody answered', 'drop'],
      ['nobody answered in time', 'say nothing'],
      ['somebody in between has lost the answer', { status: 504, body: '' }],
      ['the service cannot tell', refusal(503, 'unavailable')],
      ['it asked too often', refusal(429, 'rate-limited')],
      ['the service has a defect', refusal(500, 'internal')],
      ['somebody else answered', { status: 200, body: '<html>Welcome</html>' }],
      ['what was answered is nothing', { status: 200, body: { data: null } }],
    ])('with the key that it went under, for going on with it, when %s', async (_, reaction) => {
      await serverThat(reaction, ok(connection(0)));
      const { connections } = clientOf({ retries: 0 });
      const timeout = reaction === 'say nothing' ? 500 : undefined;
      const { idempotencyKey } = await failureOf(connections.create(to, { timeout }));
      await connections.create(to, { idempotencyKey });
      expect(idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
      expect(headersOf('idempotency-key')).toEqual([idempotencyKey, idempotencyKey]);
    });

    it('all of it, and the problem that gave the answer its status first', async () => {
      const errors = [
        { status: '422', code: 'invalid-name', title: 'No', details: 'The name is empty.' },
        {
          status: '400',
          code: 'unknown-attribute',
          title: 'No',
          details: 'Nobody knows x.',
          source: { pointer: '/x' },
        },
      ];
      await serverThat({ status: 400, body: { errors } });
      const error = await failureOf(clientOf().connections.create(to));
      expect(error).toMatchObject({ code: 'unknown-attribute', source: { pointer: '/x' }, meta: {}, errors });
      expect(error.message).toBe('The name is empty. Nobody knows x. (unknown-attribute, req_1)');
    });

    it.each<[string, Reaction]>([
      ['a page of somebody else', { status: 200, body: '<html>Welcome</html>' }],
      ['JSON of somebody else', { status: 200, body: { hello: 'world' } }],
      ['null', { status: 200, body: 'null' }],
      ['data that is null', { status: 200, body: { data: null } }],
      ['data that is no resource', { status: 200, body: { data: { hello: 'world' } } }],
      ['a list', ok([connection(0)])],
      ['errors that are no list', { status: 500, body: { errors: 'many' } }],
    ])('when it is answered %s', async (_, reaction) => {
      await serverThat(reaction);
      const error = await failureOf(clientOf().connections.retrieve('cxn_1'));
      expect(error.constructor).toBe(client.ConnectionsError);
      expect(error.code).toBe('unexpected-answer');
      expect(error.message).toContain(`${server.url} answered ${(reaction as { status: number }).status}, which is no`);
    });

    it.each([
      [400, client.ConnectionsError],
      [401, client.ConnectionsError],
      [403, client.ConnectionsError],
      [404, client.ConnectionsError],
      [412, client.ConnectionsError],
      [422, client.ConnectionsError],
      [429, client.RateLimited],
      [502, client.Unavailable],
      [503, client.Unavailable],
      [504, client.Unavailable],
    ])('of somebody in between with %s no more than whether it may pass', async (status, kind) => {
      const bodies = [
        '<html>Sorry</html>',
        { errors: [] },
        { errors: [null] },
        { errors: ['no healthy upstream'] },
        { errors: [{ message: 'x' }] },
        { errors: [{ code: 'not-found' }] },
        { errors: [{ code: 'not-found', details: 'No.' }, null] },
      ];
      await serverThat(...bodies.map((body) => ({ status, body })));
      const { connections } = clientOf({ retries: 0 });
      for (const _ of bodies) {
        const error = await failureOf(connections.create(to, { idempotencyKey: 'mine' }));
        expect(error.constructor).toBe(kind);
        expect(error).toMatchObject({
          code: 'unexpected-answer',
          status,
          errors: [],
          meta: {},
          idempotencyKey: 'mine',
        });
        expect(error.message).toContain(`${server.url} answered ${status}, which is no answer of the service.`);
      }
    });

    it.each<[string, unknown]>([
      ['no list', connection(0)],
      ['a list of nothing that it knows', [null]],
    ])('when a list is %s', async (_, data) => {
      await serverThat({ status: 200, body: { data } });
      const { connections } = clientOf();
      expect(await failureOf(connections.list().page())).toMatchObject({ code: 'unexpected-answer', status: 200 });
      expect(await failureOf(connections.history('cxn_1').page())).toMatchObject({ code: 'unexpected-answer' });
    });

    it.each<[string, unknown]>([
      ['no list', connection(0)],
      ['fewer than were asked', [connection(0)]],
      ['more than were asked', [connection(0), connection(0), connection(0)]],
      ['neither answers nor problems', [connection(0), { errors: [null] }]],
      ['nothing in one place', [connection(0), null]],
    ])('when the answers to many questions are %s', async (_, data) => {
      await serverThat({ status: 200, body: { data } });
      const question = { sourceOrganizationId: 'org_1', destinationOrganizationId: 'org_2', scopes: [] };
      const error = await failureOf(clientOf().shareChecks.checkAll([question, question]));
      expect(error).toMatchObject({ code: 'unexpected-answer', status: 200 });
    });

    it('when it is sent elsewhere, and does not go', async () => {
      await serverThat({ status: 301, headers: { location: 'https://elsewhere.example/' }, body: '' });
      const error = await failureOf(clientOf().connections.create(to));
      expect(error).toMatchObject({ code: 'unexpected-answer', status: 301 });
      expect(error.message).toContain('answered 301 with https://elsewhere.example/');
      expect(server.received).toHaveLength(1);
    });
  });

  it('keeps its key to itself', async () => {
    await serverThat(refusal(401, 'unauthenticated'));
    const { inspect } = await import('node:util');
    const own = clientOf();
    const error = await failureOf(own.organization.retrieve());
    for (const shown of [own, own.connections, error]) {
      expect(inspect(shown, { depth: 10, showHidden: true })).not.toContain('secret');
      expect(JSON.stringify(shown)).not.toContain('secret');
    }
  });
});
