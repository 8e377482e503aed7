import fc from 'fast-check';
import { Client, type Answer, newOrganization, type Party } from '../support/client';
import { type RawAnswer, rawRequest, sendRaw } from '../support/raw-http';
import { type RunningService, startService, temporaryFolder } from '../support/service';

const CONNECTIONS = '/api/v1/connect/connections';
const JSON_TYPE = 'content-type: application/json';

/** What is expected of one entry of `errors`: its code, and where the problem lies. */
type Expected = string | readonly [code: string, source: string];

describe('what a client sends that cannot be accepted', () => {
  const folder = temporaryFolder();
  let service: RunningService;
  let platform: Client;
  let source: Party;
  let destination: Party;
  let third: Party;
  /** A pending connection from the source to the third. */
  let id: string;
  let written: string;

  beforeAll(async () => {
    service = await startService(folder.path);
    platform = new Client(service.demo.url, service.demo.platform.key);
    source = await newOrganization(platform, 'Bad input source');
    destination = await newOrganization(platform, 'Bad input destination');
    third = await newOrganization(platform, 'Bad input third');
    id = (await source.client.create(third.id)).body.data.id as string;
    written = await everything();
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });
  // Whatever was refused, nothing of it was written.
  afterEach(async () => {
    expect(await everything()).toBe(written);
  });

  /** The number of events, and everything that is in the directory. */
  async function everything(): Promise<string> {
    const metrics = await platform.get('/metrics');
    const organizations = await platform.get('/organizations?page[size]=100');
    const keys = await platform.get('/api-keys?page[size]=100');
    return [/^event_log_events .*$/m.exec(metrics.text)?.[0], organizations.text, keys.text].join('\n');
  }

  function refused(answer: Answer | RawAnswer, status: number, ...expected: Expected[]): void {
    const errors = (answer.body?.errors ?? []) as { status: string; code: string; source?: object }[];
    const told = errors.map(({ code, source: at }) => (at ? [code, Object.values(at)[0]] : code));
    expect([answer.status, told]).toEqual([status, expected]);
    expect(answer.headers.get('request-id')).toMatch(/^req_/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/(vnd\.api\+)?json/);
    expect(String(Math.min(...errors.map((error) => Number(error.status))))).toBe(String(status));
  }

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    source.client.post('/connect/connections', { body, headers });
  /** A create that is right but for what is named here. */
  const create = (attributes: object): Promise<Answer> => source.client.create(destination.id, attributes);
  const list = (query: string): Promise<Answer> => source.client.get(`/connect/connections?${query}`);
  const raw = async (request: string | Buffer, options = {}): Promise<RawAnswer> => {
    const [answer, ...more] = await sendRaw(service.demo.url, request, options);
    expect(more).toEqual([]);
    if (answer === undefined) throw new Error('There was no answer.');
    return answer;
  };
  const key = (): string => `authorization: Bearer ${source.key}`;
  const rawPost = (body: string | Buffer, ...headers: string[]): Promise<RawAnswer> =>
    raw(rawRequest(`POST ${CONNECTIONS}`, [key(), JSON_TYPE, ...headers], body));

  const MISSING = ['missing-attribute', '/data/attributes/destination-organization-id'] as const;

  describe('as a body', () => {
    it.each([
      ['that is cut off', '{"data": {'],
      ['of words', 'hello'],
      ['with a comma too many', '{"data": {"attributes": {},}}'],
      ['with something behind it', '{} {}'],
      ['with a number that is none', '{"data": 0x10}'],
      ['with single quotes', "{'data': {}}"],
    ])('%s', async (_, body) => refused(await post(body), 400, 'malformed-body'));

    it.each([
      ['an array', '[]'],
      ['a text', '"data"'],
      ['null', 'null'],
      ['a number', '1e999'],
      ['a truth', 'true'],
    ])('that is %s', async (_, body) => refused(await post(body), 400, ['malformed-body', ''], MISSING));

    it('that is empty where one is needed', async () => {
      refused(await post(''), 422, MISSING);
      refused(await source.client.post('/connect/connections'), 422, MISSING);
    });

    it.each([
      ['data', '{}', '/data'],
      ['data that is an object', '{"data": []}', '/data'],
      ['attributes that are an object', '{"data": {"attributes": "x"}}', '/data/attributes'],
      ['attributes that are not null', '{"data": {"attributes": null}}', '/data/attributes'],
    ])('without %s', async (_, body, pointer) => refused(await post(body), 400, ['malformed-body', pointer], MISSING));

    it('without attributes', async () => refused(await post({ data: {} }), 422, MISSING));

    it('of another type of resource', async () => {
      const attributes = { 'destination-organization-id': destination.id };
      refused(await post({ data: { type: 'people', attributes } }), 422, ['invalid-attribute', '/data/type']);
      refused(await post({ data: { type: null, attributes } }), 422, ['invalid-attribute', '/data/type']);
    });

    it('with members that are not known, wherever they are', async () => {
      const attributes = { 'destination-organization-id': destination.id, color: 'red', 'na/m~e': 1 };
      refused(
        await post({ meta: {}, data: { id: 'x', attributes } }),
        400,
        ['unknown-attribute', '/meta'],
        ['unknown-attribute', '/data/id'],
        ['unknown-attribute', '/data/attributes/color'],
        ['unknown-attribute', '/data/attributes/na~1m~0e'],
      );
    });

    it.each(['name ', ' name', 'Name', 'NAME', 'na me', 'name!', '', 'ｎame', 'destination organization id'])(
      'with %j, which only looks like an attribute',
      async (name) => {
        refused(await create({ [name]: 'x' }), 400, ['unknown-attribute', `/data/attributes/${name}`]);
      },
    );

    it('with the same attribute in two casings', async () => {
      const again = await create({ destinationOrganizationId: destination.id });
      refused(again, 400, ['repeated-attribute', '/data/attributes/destinationOrganizationId']);
      const snake = await create({ destination_organization_id: destination.id });
      refused(snake, 400, ['repeated-attribute', '/data/attributes/destination_organization_id']);
    });

    it('with a key twice: as everywhere in JSON, the last one counts', async () => {
      const attributes = `{"destination-organization-id": "${destination.id}", "destination-organization-id": 7}`;
      const answer = await post(`{"data": {"attributes": ${attributes}}}`);
      refused(answer, 422, ['invalid-attribute', '/data/attributes/destination-organization-id']);
    });

    it('with members that reach for prototypes', async () => {
      for (const body of [
        '{"__proto__": {"data": {}}}',
        '{"data": {"__proto__": {}}}',
        '{"data": {"attributes": {"__proto__": {"name": "x"}}}}',
        '{"data": {"attributes": {"\\u005f_proto__": {"name": "x"}}}}',
        '{"data": {"attributes": {"name": {"constructor": {"prototype": {"x": 1}}}}}}',
      ]) {
        refused(await post(body), 400, 'malformed-body');
      }
      for (const name of ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']) {
        const attribute = await create({ [name]: 'x' });
        refused(attribute, 400, ['unknown-attribute', `/data/attributes/${name}`]);
        const member = await post({ [name]: 1, data: { [name]: 1 } });
        refused(member, 400, ['unknown-attribute', `/${name}`], ['unknown-attribute', `/data/${name}`], MISSING);
      }
    });

    it('that is nested thousands of levels deep, also under an Idempotency-Key', async () => {
      for (const levels of [100, 10_000, 100_000]) {
        const deep = `{"data": {"attributes": {"name": ${'['.repeat(levels)}${']'.repeat(levels)}}}}`;
        refused(await post(deep), 400, 'malformed-body');
        refused(await post(deep, { 'idempotency-key': `deep ${levels}` }), 400, 'malformed-body');
        const objects = `${'{"data":'.repeat(Math.min(levels, 20_000))}1${'}'.repeat(Math.min(levels, 20_000))}`;
        refused(await post(objects), 400, 'malformed-body');
      }
    });

    it('that is no UTF-8', async () => {
      const body = Buffer.concat([Buffer.from('{"data": {"attributes": {"name": "'), Buffer.from([0xff, 0xfe, 0x22])]);
      refused(await rawPost(body), 400, 'malformed-body');
      refused(await rawPost(Buffer.from('{"data": {}}', 'utf16le')), 400, ...['malformed-body']);
      refused(await rawPost(Buffer.from([0x1f, 0x8b, 8, 0]), 'content-encoding: gzip'), 400, 'malformed-body');
    });

    it('with a byte order mark: it is read as if there were none', async () => {
      refused(await rawPost('\uFEFF{"data": {}}'), 422, MISSING);
    });

    it('of a media type that is not spoken', async () => {
      for (const type of [
        'text/plain',
        'text/html',
        'application/xml',
        'application/jsonp',
        'multipart/form-data',
        'x',
      ]) {
        const answer = await post('{"data": {}}', { 'content-type': type });
        refused(answer, 415, ['unsupported-media-type', 'Content-Type']);
      }
      const none = await raw(rawRequest(`POST ${CONNECTIONS}`, [key()], '{}'));
      refused(none, 415, ['unsupported-media-type', 'Content-Type']);
    });

    it('that is larger than is taken', async () => {
      refused(await create({ name: 'x'.repeat(256 * 1024) }), 413, 'body-too-large');
      const chunk = `40000\r\n${'x'.repeat(0x40000)}\r\n`;
      const head = `POST ${CONNECTIONS} HTTP/1.1\r\nhost: localhost\r\n${key()}\r\n${JSON_TYPE}\r\n`;
      const [answer] = await sendRaw(
        service.demo.url,
        `${head}transfer-encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`,
      );
      refused(answer!, 413, 'body-too-large');
    });

    it('with thousands of things wrong is answered with a hundred of them', async () => {
      const attributes = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`unknown-${n}`, 1]));
      const many = await create(attributes);
      expect([many.status, many.body.errors.length]).toEqual([400, 100]);
      const scopes = await create({ scopes: Array.from({ length: 10_000 }, () => 'x') });
      refused(scopes, 422, ['invalid-attribute', '/data/attributes/scopes']);
    });
  });

  describe('as an attribute', () => {
    it.each([7, true, [], {}, '', 'org_', 'cxn_ABC', 'org_DEF/456', ' org_DEF456', `org_${'a'.repeat(65)}`, 1e308])(
      'destination %j',
      async (value) => {
        const answer = await create({ 'destination-organization-id': value });
        refused(answer, 422, ['invalid-attribute', '/data/attributes/destination-organization-id']);
      },
    );

    it('destination null', async () => {
      const answer = await create({ 'destination-organization-id': null });
      refused(answer, 422, ['invalid-attribute', '/data/attributes/destination-organization-id']);
    });

    it.each([7, false, [], {}, ['x'], { length: 3 }])('name %j', async (value) => {
      refused(await create({ name: value }), 422, ['invalid-attribute', '/data/attributes/name']);
    });

    it('a number beyond all numbers', async () => {
      const attributes = `{"destination-organization-id": "${destination.id}", "name": 1e999}`;
      const answer = await post(`{"data": {"attributes": ${attributes}}}`);
      refused(answer, 422, ['invalid-attribute', '/data/attributes/name']);
    });

    it.each(['', '   ', 'x'.repeat(201), '😀'.repeat(201)])('name %j, which is too short or too long', async (name) => {
      refused(await create({ name }), 422, ['invalid-name', '/data/attributes/name']);
    });

    it.each(['a\0b', 'a\nb', 'a\u001bb', 'a\u007fb'])('name %j, with a control character', async (name) => {
      refused(await create({ name }), 422, ['invalid-attribute', '/data/attributes/name']);
    });

    it('a name with half a character', async () => {
      for (const half of ['\\ud800', '\\udc00', '\\udc00\\ud800']) {
        const attributes = `{"destination-organization-id": "${destination.id}", "name": "a${half}b"}`;
        const answer = await post(`{"data": {"attributes": ${attributes}}}`);
        refused(answer, 422, ['invalid-attribute', '/data/attributes/name']);
      }
    });

    it.each(['inquiry.read', 7, {}, [7], [null], [['inquiry.read']], [{}]])('scopes %j', async (scopes) => {
      refused(await create({ scopes }), 422, ['invalid-attribute', '/data/attributes/scopes']);
    });

    it('scopes that are none, unknown or repeated', async () => {
      refused(await create({ scopes: [] }), 422, ['no-scopes', '/data/attributes/scopes']);
      refused(
        await create({ scopes: ['inquiry.read', 'Inquiry.read', 'inquiry.read', '', '__proto__', 'constructor'] }),
        422,
        ['unknown-scope', '/data/attributes/scopes/1'],
        ['repeated-scope', '/data/attributes/scopes/2'],
        ['unknown-scope', '/data/attributes/scopes/3'],
        ['unknown-scope', '/data/attributes/scopes/4'],
        ['unknown-scope', '/data/attributes/scopes/5'],
      );
    });

    it('an organization that is another’s, nobody’s, or the caller’s own', async () => {
      const foreign = { 'organization-id': third.id, sourceOrganizationId: third.id };
      refused(
        await create(foreign),
        403,
        ['foreign-organization', '/data/attributes/organization-id'],
        ['foreign-organization', '/data/attributes/source-organization-id'],
      );
      const pointer = '/data/attributes/destination-organization-id';
      refused(await source.client.create('org_none'), 422, ['unknown-organization', pointer]);
      refused(await source.client.create(source.id), 422, ['self-connection', pointer]);
    });

    it.each([7, [], {}, 'x'.repeat(501), '😀'.repeat(501), 'a\0b', 'a\rb'])('reason %j', async (reason) => {
      const answer = await source.client.step(id, 'deactivate', { reason });
      refused(answer, 422, ['invalid-attribute', '/data/attributes/reason']);
    });

    it('a reason where none is asked for', async () => {
      const answer = await third.client.step(id, 'activate', { reason: 'x' });
      refused(answer, 400, ['unknown-attribute', '/data/attributes/reason']);
      const revoked = await source.client.post('/api-keys/api_x/revoke', { body: { data: { attributes: { x: 1 } } } });
      refused(revoked, 400, ['unknown-attribute', '/data/attributes/x']);
    });

    it('of an organization or a key', async () => {
      const organization = (attributes: object): Promise<Answer> =>
        platform.post('/organizations', { body: { data: { attributes } } });
      refused(await organization({}), 422, ['missing-attribute', '/data/attributes/name']);
      for (const name of [7, null, '', '  ', 'x'.repeat(201), 'a\0b']) {
        refused(await organization({ name }), 422, ['invalid-attribute', '/data/attributes/name']);
      }
      const apiKey = (attributes: object): Promise<Answer> =>
        source.client.post('/api-keys', {
          body: { data: { attributes: { role: 'member', name: 'x', ...attributes } } },
        });
      for (const role of [7, null, '', 'root', ['member'], 'constructor']) {
        refused(await apiKey({ role }), 422, ['invalid-attribute', '/data/attributes/role']);
      }
      for (const moment of ['2020-01-01T00:00:00Z', 'tomorrow', 7, '2099-02-30T00:00:00Z', '2099-01-01T00:00:00']) {
        refused(await apiKey({ 'expires-at': moment }), 422, ['invalid-attribute', '/data/attributes/expires-at']);
      }
      refused(await apiKey({ 'organization-id': third.id }), 403, [
        'foreign-organization',
        '/data/attributes/organization-id',
      ]);
      refused(await apiKey({ role: 'platform-admin' }), 403, ['not-permitted', '/data/attributes/role']);
    });

    it('and everything that is wrong is told at once', async () => {
      refused(
        await post({
          extra: 1,
          data: { type: 'x', attributes: { name: 7, scopes: ['x', 'inquiry.read'], color: 'red', reason: 'x' } },
        }),
        400,
        ['unknown-attribute', '/extra'],
        ['invalid-attribute', '/data/type'],
        ['unknown-attribute', '/data/attributes/color'],
        ['unknown-attribute', '/data/attributes/reason'],
        MISSING,
        ['invalid-attribute', '/data/attributes/name'],
        ['unknown-scope', '/data/attributes/scopes/0'],
      );
    });
  });

  describe('as a parameter of the query', () => {
    it.each(['x=1', 'page=1', 'page[number]=1', 'filter[x]=1', '__proto__=1', 'constructor=1', 'prototype[x]=1', '=1'])(
      'that is not known: %s',
      async (query) => {
        refused(await list(query), 400, ['unknown-parameter', query.slice(0, query.lastIndexOf('='))]);
      },
    );

    it('where there are none', async () => {
      refused(await source.client.get('/organization?x=1'), 400, ['unknown-parameter', 'x']);
      refused(await post({ data: {} }, {}), 422, MISSING);
      const dryRun = await source.client.post('/connect/connections?dry-run=true', { body: { data: {} } });
      refused(dryRun, 400, ['unknown-parameter', 'dry-run']);
    });

    it('given twice, in one casing or in two', async () => {
      refused(await list('page[size]=1&page[size]=2'), 400, ['invalid-parameter', 'page[size]']);
      refused(await list('filter[created-at-start]=2026-01-01T00:00:00Z&filter[createdAtStart]=x'), 400, [
        'invalid-parameter',
        'filter[created-at-start]',
      ]);
    });

    it.each(['0', '101', '-1', '1e3', '10abc', '', '%20', '1.5', '0x10', 'NaN', 'Infinity', '99999999999999999999'])(
      'page[size]=%s',
      async (size) => refused(await list(`page[size]=${size}`), 400, ['invalid-parameter', 'page[size]']),
    );

    it.each([
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01',
      'yesterday',
      '',
      '275760-09-13T00:00:00Z',
      '%2B275760-09-13T00:00:01Z',
      '9999-12-31T23:59:59-23:59',
      '0000-01-01T00:00:00%2B23:59',
      '2026-01-01T00:00:00%2B99:99',
      '1767225600000',
    ])('filter[created-at-start]=%s', async (moment) => {
      const parameter = 'filter[created-at-start]';
      refused(await list(`${parameter}=${moment}`), 400, ['invalid-parameter', parameter]);
      const retrieved = await source.client.get(`/connect/connections/${id}?as-of=${moment}`);
      refused(retrieved, 400, ['invalid-parameter', 'as-of']);
    });

    it('as-of in the year 0, and in a future that nobody knows', async () => {
      const asOf = (moment: string): Promise<Answer> => source.client.get(`/connect/connections/${id}?as-of=${moment}`);
      refused(await asOf('0000-01-01T00:00:00Z'), 404, ['not-then', 'as-of']);
      refused(await asOf('9998-01-01T00:00:00Z'), 400, ['invalid-parameter', 'as-of']);
    });

    it.each(['-1', 'x', '1.5', '1e3', '', '99999999999999999999'])('revision=%s', async (revision) => {
      const answer = await source.client.get(`/connect/connections/${id}?revision=${revision}`);
      refused(answer, 400, ['invalid-parameter', 'revision']);
    });

    it('both as-of and revision, both page[after] and page[before]', async () => {
      const both = await source.client.get(`/connect/connections/${id}?as-of=2026-01-01T00:00:00Z&revision=0`);
      refused(both, 400, ['invalid-parameter', 'revision']);
      refused(await list('page[after]=x&page[before]=x'), 400, ['invalid-parameter', 'page[before]']);
    });

    it.each([
      ['filter[status]', 'ended'],
      ['filter[status]', 'pending,'],
      ['filter[status]', ''],
      ['filter[role]', 'owner'],
      ['filter[role]', 'constructor'],
      ['filter[source-organization-id]', 'org_%27%20or%201=1'],
      ['filter[destination-organization-id]', 'cxn_ABC'],
      ['filter[name]', 'x'.repeat(201)],
      ['filter[name]', 'a%00b'],
      ['filter[name]', 'a%0d%0aSet-Cookie:%20x=1'],
    ])('%s=%s', async (parameter, value) => {
      refused(await list(`${parameter}=${value}`), 400, ['invalid-parameter', parameter]);
    });

    it('dry-run that is neither true nor false', async () => {
      for (const value of ['yes', '1', '', 'TRUE']) {
        const answer = await source.client.post(`/connect/connections/${id}/deactivate?dry-run=${value}`);
        refused(answer, 400, ['invalid-parameter', 'dry-run']);
      }
    });

    it('a cursor that is forged, foreign or garbage', async () => {
      const cursor = (text: string): string => Buffer.from(text).toString('base64url');
      const organizations = await platform.get('/organizations?page[size]=1');
      const foreign = new URLSearchParams((organizations.body.links.next as string).split('?')[1]).get('page[after]')!;
      for (const garbage of [
        '',
        'x',
        '%00',
        '💥',
        foreign,
        cursor('connect/connections:'),
        cursor('connect/connections:x'),
        cursor('connect/connections:-1'),
        cursor("connect/connections:1' or '1'='1"),
        cursor(`connect/connections:${'9'.repeat(65)}`),
        `${cursor('connect/connections:1')}=`,
        'a'.repeat(10_000),
      ]) {
        const query = `page[after]=${garbage === '%00' ? garbage : encodeURIComponent(garbage)}`;
        refused(await list(query), 400, ['invalid-cursor', 'page[after]']);
      }
      const other = cursor('connect/events/cxn_other:0');
      const events = await source.client.get(`/connect/connections/${id}/events?page[after]=${other}`);
      refused(events, 400, ['invalid-cursor', 'page[after]']);
      const keys = await source.client.get(`/api-keys?page[after]=${foreign}`);
      refused(keys, 400, ['invalid-cursor', 'page[after]']);
    });

    it('with a broken percent-encoding', async () => {
      for (const broken of ['%', '%zz', '%E0%A4%A', '%ED%A0%80', '%FF']) {
        refused(await raw(rawRequest(`GET ${CONNECTIONS}?filter[name]=${broken}`, [key()])), 400, 'malformed-request');
      }
    });
  });

  describe('as a path', () => {
    it.each([
      'org_ABC',
      'cxn',
      'cxn_',
      'CXN_ABC',
      'cxn_a-b',
      `cxn_${'a'.repeat(65)}`,
      `cxn_${'a'.repeat(10_000)}`,
      'cxn_%2e%2e%2f%2e%2e%2fetc',
      'cxn_%2Fevents',
      'cxn_%00',
      'cxn_a%0d%0ab',
      '__proto__',
      '%F0%9F%98%80',
    ])('with the id %s', async (wrong) => {
      for (const path of [`GET ${CONNECTIONS}/${wrong}`, `GET ${CONNECTIONS}/${wrong}/events`]) {
        refused(await raw(rawRequest(path, [key()])), 400, ['invalid-parameter', 'id']);
      }
      const step = await raw(rawRequest(`POST ${CONNECTIONS}/${wrong}/activate`, [key()]));
      refused(step, 400, ['invalid-parameter', 'id']);
      const revoke = await raw(rawRequest(`POST /api/v1/api-keys/${wrong}/revoke`, [key()]));
      refused(revoke, 404, 'not-found');
    });

    it('with a broken percent-encoding', async () => {
      for (const broken of ['%', '%zz', '%E0%A4%A']) {
        refused(await raw(rawRequest(`GET ${CONNECTIONS}/cxn_${broken}`, [key()])), 400, 'malformed-request');
      }
    });

    it.each([
      '/',
      '/api',
      '/api/v1',
      `${CONNECTIONS}/`,
      '/api/v2/connect/connections',
      '/API/V1/organization',
      '/.env',
    ])('that leads nowhere: %s', async (path) =>
      refused(await raw(rawRequest(`GET ${path}`, [key()])), 404, 'unknown-route'),
    );

    it('that climbs out of the documentation’s files', async () => {
      for (const path of ['/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/..%2fpackage.json']) {
        const answer = await raw(rawRequest(`GET ${path}`, []));
        expect([path, answer.status >= 400 && answer.status < 500, answer.text.includes('swagger-ui-dist')]).toEqual([
          path,
          true,
          false,
        ]);
      }
    });

    it('with a method that it does not have', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
        refused(await raw(rawRequest(`${method} ${CONNECTIONS}`, [key()])), 404, 'unknown-route');
      }
      refused(await raw(rawRequest(`GET ${CONNECTIONS}/${id}/activate`, [key()])), 404, 'unknown-route');
      refused(await raw(rawRequest(`BREW ${CONNECTIONS}`, [key()])), 400, 'malformed-request');
    });

    it('with HEAD: as GET, without the body', async () => {
      const head = await source.client.send('HEAD', `/connect/connections/${id}`, {});
      expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', '"0"']);
      const anonymous = await new Client(service.demo.url, null).send('HEAD', `/connect/connections/${id}`, {});
      expect([anonymous.status, anonymous.text]).toEqual([401, '']);
      const nowhere = await source.client.send('HEAD', '/nowhere', {});
      expect([nowhere.status, nowhere.text]).toEqual([404, '']);
    });
  });

  describe('as a header', () => {
    const get = (...headers: string[]): Promise<RawAnswer> => raw(rawRequest(`GET ${CONNECTIONS}`, headers));

    it('Authorization that is none, another scheme, malformed, unknown, too long or two', async () => {
      const unauthenticated = ['unauthenticated', 'Authorization'] as const;
      refused(await get(), 401, unauthenticated);
      for (const value of [
        '',
        'Bearer',
        'Bearer ',
        source.key,
        `Basic ${source.key}`,
        `Bearer ${source.key} x`,
        `Bearer ${source.key}x`,
        'Bearer cx_x_y',
        `Bearer ${source.key.slice(0, -1)}`,
        `Bearer ${'a'.repeat(10_000)}`,
        'Bearer cx_\xff_\xff',
      ]) {
        const answer = await get(`authorization: ${value}`);
        refused(answer, 401, unauthenticated);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
      refused(await get(key(), key()), 401, unauthenticated);
      refused(await get(key(), `Authorization: Bearer ${third.key}`), 401, unauthenticated);
      refused(await get(`authorization: Bearer ${'a'.repeat(100_000)}`), 400, 'malformed-request');
    });

    it('Accept that allows nothing that is answered', async () => {
      for (const accept of ['text/html', 'application/xml', 'image/*', 'application/json;q=0', 'application/jsonp']) {
        refused(await get(key(), `accept: ${accept}`), 406, ['not-acceptable', 'Accept']);
      }
    });

    it('Idempotency-Key that is empty, too long or no ASCII', async () => {
      for (const value of ['', 'x'.repeat(256), 'caf\xe9', 'a\tb']) {
        refused(await rawPost('{"data":{}}', `idempotency-key: ${value}`), 400, ['invalid-header', 'Idempotency-Key']);
      }
    });

    it('If-Match that is no entity tag', async () => {
      for (const value of ['0', '"0', 'x', '', ',', '"0" "1"', '"0",', 'null']) {
        const request = rawRequest(`POST ${CONNECTIONS}/${id}/deactivate`, [key(), `if-match: ${value}`]);
        refused(await raw(request), 400, ['invalid-header', 'If-Match']);
      }
      for (const value of ['"1"', 'W/"0"', '"x"', '"99999999999999999999"', '"-1"']) {
        const request = rawRequest(`POST ${CONNECTIONS}/${id}/deactivate`, [key(), `if-match: ${value}`]);
        refused(await raw(request), 412, ['stale-revision', 'If-Match']);
      }
    });

    it('Key-Inflection and Connect-Position that are none', async () => {
      for (const value of ['', 'KEBAB', 'pascal', 'camel, snake', 'constructor', '__proto__']) {
        refused(await get(key(), `key-inflection: ${value}`), 400, ['invalid-header', 'Key-Inflection']);
      }
      for (const value of ['', '-1', 'x', '1.5', '1, 2', '9'.repeat(65), "1' or 1=1"]) {
        refused(await get(key(), `connect-position: ${value}`), 400, ['invalid-header', 'Connect-Position']);
      }
    });

    it('Expect of something else, and no Host', async () => {
      refused(await rawPost('{}', 'expect: cake'), 400, ['malformed-request', 'Expect']);
      const request = `GET ${CONNECTIONS} HTTP/1.1\r\nconnection: close\r\n${key()}\r\n\r\n`;
      refused(await raw(request), 400, ['malformed-request', 'Host']);
    });

    it('with another header hidden in it', async () => {
      for (const value of ['a\nset-cookie: x=1', 'a\rset-cookie: x=1', 'a\0b']) {
        refused(await get(key(), `request-id: ${value}`), 400, 'malformed-request');
      }
    });

    it('thousands of them', async () => {
      const many = Array.from({ length: 3_000 }, (_, n) => `x-${n}: x`);
      refused(await get(key(), ...many), 400, 'malformed-request');
    });
  });

  describe('as HTTP', () => {
    const head = (...headers: string[]): string =>
      [`POST ${CONNECTIONS} HTTP/1.1`, 'host: localhost', key(), JSON_TYPE, ...headers, '', ''].join('\r\n');

    it('with two lengths, or a length and chunks', async () => {
      refused(await raw(`${head('content-length: 2', 'content-length: 3')}{}`), 400, 'malformed-request');
      const both = `${head('content-length: 2', 'transfer-encoding: chunked')}0\r\n\r\n`;
      refused(await raw(both), 400, 'malformed-request');
    });

    it('with a length that is wrong', async () => {
      refused(await raw(`${head('content-length: 20')}{}`, { end: true }), 400, 'malformed-request');
      for (const length of ['-1', 'x', '0x2', '2.0', '9'.repeat(30)]) {
        refused(await raw(`${head(`content-length: ${length}`)}{}`), 400, 'malformed-request');
      }
      const [answer] = await sendRaw(service.demo.url, `${head('content-length: 2')}{}{}`);
      expect(answer?.status).toBe(400);
    });

    it('with chunks that are none', async () => {
      for (const chunks of ['zz\r\n{}\r\n', '-1\r\n{}\r\n', '2\r\n{}{}\r\n0\r\n\r\n', 'ffffffffffffffffff\r\n']) {
        refused(await raw(`${head('transfer-encoding: chunked')}${chunks}`), 400, 'malformed-request');
      }
    });

    it.each([
      ['words', 'hello\r\n\r\n'],
      ['TLS', Buffer.from([0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3])],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['HTTP/9.9', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n'],
      ['a URL with a space', `GET ${CONNECTIONS} x HTTP/1.1\r\nhost: x\r\n\r\n`],
      ['a URL with NUL', `GET ${CONNECTIONS}\0 HTTP/1.1\r\nhost: x\r\n\r\n`],
      ['a URL of 20,000 characters', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
    ])('that is none: %s', async (_, bytes) => refused(await raw(bytes), 400, 'malformed-request'));
  });

  it('a platform credential that would create a connection', async () => {
    refused(await platform.create(destination.id), 403, 'not-permitted');
  });

  describe('at random', () => {
    const sound = (answer: Answer): void => {
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('request-id')).toMatch(/^req_/);
      if (answer.status < 400) return;
      expect(answer.body.errors.length).toBeGreaterThan(0);
      for (const error of answer.body.errors) {
        expect(error).toMatchObject({
          status: expect.any(String),
          code: expect.any(String),
          details: expect.any(String),
        });
      }
    };
    const names = fc.oneof(
      fc.constantFrom('name', 'scopes', 'reason', 'organization-id', 'sourceOrganizationId', 'role', 'expires_at'),
      fc.constantFrom('__proto__', 'constructor', 'toString', ''),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const bodies = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc
        .dictionary(names, fc.jsonValue(), { maxKeys: 5 })
        .map((attributes) => JSON.stringify({ data: { attributes } })),
    );

    it('bodies are never answered by a 5xx', async () => {
      const paths = ['/connect/connections', `/connect/connections/${id}/activate`, '/organizations', '/api-keys'];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), bodies, async (path, body) => {
          // The destination is left out everywhere, and the source may not activate, so nothing can come of it.
          sound(await source.client.post(path, { body, headers: { 'idempotency-key': 'random' } }));
        }),
        { numRuns: 300 },
      );
    });

    it('queries are never answered by a 5xx', async () => {
      const parameters = fc.oneof(
        fc.constantFrom('filter[status]', 'filter[name]', 'filter[created-at-start]', 'page[size]', 'page[after]'),
        names,
      );
      const query = fc
        .array(fc.tuple(parameters, fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 4 })
        .map((pairs) =>
          pairs.map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('=')).join('&'),
        );
      const paths = ['/connect/connections', `/connect/connections/${id}`, '/api-keys', '/organization'];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), query, async (path, text) => {
          sound(await source.client.get(`${path}?${text}`));
        }),
        { numRuns: 300 },
      );
    });
  });
});

describe('what is just within the limits', () => {
  const folder = temporaryFolder();
  let service: RunningService;
  beforeAll(async () => {
    service = await startService(folder.path);
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  it('is accepted, and comes back as it was sent', async () => {
    const platform = new Client(service.demo.url, service.demo.platform.key);
    const source = await newOrganization(platform, '😀'.repeat(190));
    const destination = await newOrganization(platform, 'x');
    const name = '😀'.repeat(200);
    const created = await source.client.create(destination.id, { name: ` ${name} `, organization_id: source.id });
    expect([created.status, created.body.data.attributes.name]).toEqual([201, name]);
    const reason = `${'😀'.repeat(498)}\n\t`;
    const ended = await source.client.step(created.body.data.id, 'deactivate', { reason });
    expect(ended.status).toBe(200);
    const history = await destination.client.history(created.body.data.id);
    expect(history.at(-1)?.attributes.reason).toBe(reason);
  });
});
