import { type Answer, Client, newConnection, newPair } from '../support/client';
import { TestedService } from '../support/tested-service';

const LIST = '/connect/connections';
const JSON_TYPE = 'application/json; charset=utf-8';
const JSON_API = 'application/vnd.api+json';

/** Every key of an answer, at any depth. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...keysOf(member)]);
}

describe('the conventions', () => {
  const service = new TestedService();

  describe('Key-Inflection', () => {
    const forms = [
      ['kebab', /^[a-z]+(-[a-z]+)*$/, 'destination-organization-id', 'created-at'],
      ['camel', /^[a-z]+([A-Z][a-z]*)*$/, 'destinationOrganizationId', 'createdAt'],
      ['snake', /^[a-z]+(_[a-z]+)*$/, 'destination_organization_id', 'created_at'],
    ] as const;

    it.each(forms)('%s is how every answer is written', async (form, pattern, destinationId, createdAt) => {
      const { source, destination, id } = await newConnection(service.platform, 'inactive');
      const headers = { 'key-inflection': form };
      const answers = {
        list: await source.client.get(LIST, { headers }),
        retrieve: await source.client.get(`${LIST}/${id}`, { headers }),
        history: await source.client.get(`${LIST}/${id}/events`, { headers }),
        command: await source.client.step(id, 'reactivate', {}, headers),
        refusal: await destination.client.step(id, 'reactivate', {}, headers),
        duplicate: await source.client.create(destination.id, {}, headers),
        organization: await source.client.get('/organization', { headers }),
        keys: await source.client.get('/api-keys', { headers }),
        unknown: await source.client.get('/connect/nothing', { headers }),
        ready: await source.client.get('/readyz', { headers }),
      };
      for (const [name, { body }] of Object.entries(answers)) {
        expect([name, keysOf(body).filter((key) => !pattern.test(key))]).toEqual([name, []]);
      }
      expect(answers.retrieve.body.data.attributes[destinationId]).toBe(destination.id);
      expect(answers.organization.body.data.attributes[createdAt]).toEqual(expect.any(String));
      // What is written is the keys; values are nobody’s names.
      expect(answers.retrieve.body.data.type).toBe('connect/connections');
    });

    it.each(forms)('%s keys are read in every request', async (form, _, destinationId) => {
      const { source, destination } = await newPair(service.platform);
      const sourceId = {
        kebab: 'source-organization-id',
        camel: 'sourceOrganizationId',
        snake: 'source_organization_id',
      };
      const attributes = { [destinationId]: destination.id, [sourceId[form]]: source.id, name: form };
      const created = await source.client.post(LIST, { body: { data: { attributes } } });
      expect([created.status, created.body.data?.attributes.name]).toEqual([201, form]);
      const asOf = { kebab: 'as-of', camel: 'asOf', snake: 'as_of' }[form];
      const now = encodeURIComponent(created.body.data.attributes['created-at'] as string);
      const then = await source.client.get(`${LIST}/${created.body.data.id}?${asOf}=${now}`);
      expect(then.status).toBe(200);
    });

    it('that there is not is refused', async () => {
      const answer = await service.platform.get(LIST, { headers: { 'key-inflection': 'pascal' } });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ code: 'invalid-header', source: { header: 'Key-Inflection' } }]);
    });
  });

  describe('the media type', () => {
    const create = async (headers: Record<string, string>): Promise<Answer> => {
      const { source, destination } = await newPair(service.platform);
      const attributes = { 'destination-organization-id': destination.id };
      return source.client.post(LIST, { headers, body: { data: { type: 'connect/connections', attributes } } });
    };

    it.each([
      ['JSON', 'application/json', JSON_TYPE],
      ['JSON with its charset', 'application/json; charset=utf-8', JSON_TYPE],
      ['JSON:API', JSON_API, JSON_API],
    ])('%s is answered in kind', async (_, type, answered) => {
      const answer = await create({ 'content-type': type });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([201, answered]);
    });

    it('of a refusal is that of the request as well', async () => {
      const { source } = await newPair(service.platform);
      const headers = { 'content-type': JSON_API };
      const refused = await source.client.post(LIST, { headers, body: { data: { attributes: {} } } });
      expect([refused.status, refused.headers.get('content-type')]).toEqual([422, JSON_API]);
    });

    it.each([
      ['nothing', '*/*', JSON_TYPE],
      ['JSON', 'application/json', JSON_TYPE],
      ['JSON:API', JSON_API, JSON_API],
      ['JSON:API after something else', `text/html, ${JSON_API}`, JSON_API],
      ['JSON:API rather than JSON', `application/json;q=0.5, ${JSON_API}`, JSON_API],
      ['JSON rather than JSON:API', `${JSON_API};q=0.5, application/json`, JSON_TYPE],
      ['any application', 'application/*', JSON_TYPE],
    ])('of a read is what Accept asks for: %s', async (_, accept, answered) => {
      const answer = await service.platform.get(LIST, { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, answered]);
    });

    it('that Accept asks for counts more than that of the request', async () => {
      const json = await create({ 'content-type': JSON_API, accept: 'application/json' });
      expect([json.status, json.headers.get('content-type')]).toEqual([201, JSON_TYPE]);
      const api = await create({ 'content-type': 'application/json', accept: JSON_API });
      expect([api.status, api.headers.get('content-type')]).toEqual([201, JSON_API]);
    });

    it.each(['text/html', 'application/json;q=0', 'application/json-seq'])('%s is refused', async (accept) => {
      const answer = await service.platform.get(LIST, { headers: { accept } });
      expect([answer.status, answer.body.errors[0].code]).toEqual([406, 'not-acceptable']);
    });
  });

  describe('Request-Id', () => {
    it('is on every answer, and no two are the same', async () => {
      const { source } = await newPair(service.platform);
      const nobody = new Client(service.url, null);
      const answers = [
        await source.client.get(LIST),
        await source.client.get(`${LIST}/cxn_1111111111111111111111`),
        await source.client.get(`${LIST}?page[size]=0`),
        await source.client.get('/nowhere'),
        await source.client.get('/api/v1/%zz'),
        await source.client.post(LIST, { body: '{' }),
        await source.client.post(LIST, { body: 'x', headers: { 'content-type': 'text/plain' } }),
        await source.client.get(LIST, { headers: { accept: 'text/html' } }),
        await nobody.get(LIST),
        await nobody.get('/livez'),
        await nobody.get('/readyz'),
        await nobody.get('/metrics'),
      ];
      const ids = answers.map(({ headers }) => headers.get('request-id'));
      for (const id of ids) expect(id).toMatch(/^req_[0-9a-f-]{36}$/);
      expect(new Set(ids).size).toBe(answers.length);
    });

    const trace = '0af7651916cd43dd8448eb211c80319c';
    it.each([
      ['Request-Id', { 'request-id': 'my-request/1' }, 'my-request/1'],
      ['X-Request-Id', { 'x-request-id': 'my_request:2' }, 'my_request:2'],
      ['a UUID', { 'request-id': '0190b6c4-7d3a-7c3e-9d2f-1b2a3c4d5e6f' }, '0190b6c4-7d3a-7c3e-9d2f-1b2a3c4d5e6f'],
      ['base64', { 'request-id': '/k3+Yw9Q4b8=' }, '/k3+Yw9Q4b8='],
      ['traceparent', { traceparent: `00-${trace}-b7ad6b7169203331-01` }, trace],
      [
        'Request-Id rather than its trace',
        { 'request-id': 'mine', traceparent: `00-${trace}-b7ad6b7169203331-01` },
        'mine',
      ],
    ])('of the caller is kept as the correlation-id: %s', async (_, headers, kept) => {
      const { source, destination } = await newPair(service.platform);
      const created = await source.client.create(destination.id, {}, headers);
      const [entry] = await destination.client.history(created.body.data.id as string);
      expect(entry?.attributes['correlation-id']).toBe(kept);
      expect(entry?.attributes['request-id']).toBe(created.headers.get('request-id'));
      expect(created.headers.get('request-id')).not.toBe(kept);
    });

    it.each([
      ['none', {}],
      ['one that is too long', { 'request-id': 'x'.repeat(256) }],
      ['one that is no id', { 'request-id': 'my request' }],
      ['one that a spreadsheet could take for a formula', { 'request-id': '=1+1' }],
      ['one with such a part', { 'request-id': 'x;=1+1;' }],
      ['a broken trace', { traceparent: '00-xyz-01' }],
    ])('is the correlation-id where the caller has %s', async (_, headers) => {
      const { source, destination } = await newPair(service.platform);
      const created = await source.client.create(destination.id, {}, headers);
      const [entry] = await source.client.history(created.body.data.id as string);
      expect(entry?.attributes['correlation-id']).toBe(created.headers.get('request-id'));
    });
  });

  it('every error says its status, code, title and details', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'active');
    const answers = [
      await source.client.get(`${LIST}?nothing=1`),
      await new Client(service.url, null).get(LIST),
      await source.client.step(id, 'activate'),
      await source.client.get(`${LIST}/cxn_1`),
      await source.client.get('/nowhere'),
      await source.client.create(destination.id),
      await source.client.step(id, 'deactivate', {}, { 'if-match': '"9"' }),
      await source.client.post(LIST, { body: 'x', headers: { 'content-type': 'text/plain' } }),
      await source.client.create('org_1', { scopes: ['nothing'], name: '' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 403, 404, 404, 409, 412, 415, 422]);
    for (const { status, body } of answers) {
      expect(Object.keys(body as object)).toEqual(['errors']);
      for (const error of body.errors) {
        expect(error).toMatchObject({
          status: String(status),
          code: expect.stringMatching(/^[a-z-]+$/),
          title: expect.stringMatching(/^[A-Z]/),
          details: expect.stringMatching(/^[^\n]+[.)…]$/),
        });
      }
    }
    expect(answers.at(-1)?.body.errors).toHaveLength(3);
  });
});
