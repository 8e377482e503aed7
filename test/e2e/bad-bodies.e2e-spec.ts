import { type Answer, newOrganization } from '../support/client';
import { rawRequest, sendRaw } from '../support/raw-http';
import { CONNECTIONS, describeRefusals, JSON_TYPE, refused } from '../support/refusals';
import { TestedService } from '../support/tested-service';

const MISSING = ['missing-attribute', '/data/attributes/destination-organization-id'] as const;

describeRefusals('what a client sends that cannot be accepted', (at) => {
  const { post, create, raw, key, rawPost } = at;

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
      refused(await at.source.client.post('/connect/connections'), 422, MISSING);
    });

    it.each([
      ['data', '{}', '/data'],
      ['data that is an object', '{"data": []}', '/data'],
      ['attributes that are an object', '{"data": {"attributes": "x"}}', '/data/attributes'],
      ['attributes that are not null', '{"data": {"attributes": null}}', '/data/attributes'],
    ])('without %s', async (_, body, pointer) => refused(await post(body), 400, ['malformed-body', pointer], MISSING));

    it('without attributes', async () => refused(await post({ data: {} }), 422, MISSING));

    it('of another type of resource', async () => {
      const attributes = { 'destination-organization-id': at.destination.id };
      refused(await post({ data: { type: 'people', attributes } }), 422, ['invalid-attribute', '/data/type']);
      refused(await post({ data: { type: null, attributes } }), 422, ['invalid-attribute', '/data/type']);
    });

    it('with members that are not known, wherever they are', async () => {
      const attributes = { 'destination-organization-id': at.destination.id, color: 'red', 'na/m~e': 1 };
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
      const again = await create({ destinationOrganizationId: at.destination.id });
      refused(again, 400, ['repeated-attribute', '/data/attributes/destinationOrganizationId']);
      const snake = await create({ destination_organization_id: at.destination.id });
      refused(snake, 400, ['repeated-attribute', '/data/attributes/destination_organization_id']);
    });

    it('with a key twice: as everywhere in JSON, the last one counts', async () => {
      const attributes = `{"destination-organization-id": "${at.destination.id}", "destination-organization-id": 7}`;
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
        at.service.url,
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
      const attributes = `{"destination-organization-id": "${at.destination.id}", "name": 1e999}`;
      const answer = await post(`{"data": {"attributes": ${attributes}}}`);
      refused(answer, 422, ['invalid-attribute', '/data/attributes/name']);
    });

    it.each(['', '   ', 'x'.repeat(201), '😀'.repeat(201)])('name %j, which is too short or too long', async (name) => {
      refused(await create({ name }), 422, ['invalid-name', '/data/attributes/name']);
    });

    it.each(['a\0b', 'a\nb', 'a\u001bb', 'a\u007fb', 'a\u009bb'])('name %j, with a control character', async (name) => {
      refused(await create({ name }), 422, ['invalid-attribute', '/data/attributes/name']);
    });

    it.each(['\u202eAcme', 'A\u200fB', '\u00a0\u200b\u200d'])(
      'name %j, which turns the text around it or cannot be seen',
      async (name) => {
        const wrong = ['invalid-attribute', '/data/attributes/name'] as const;
        refused(await create({ name }), 422, wrong);
        const asPlatform = (path: string, attributes: object) =>
          at.platform.post(path, { body: { data: { attributes } } });
        refused(await asPlatform('/organizations', { name }), 422, wrong);
        refused(await asPlatform('/api-keys', { name, role: 'platform-admin' }), 422, wrong);
      },
    );

    it('a reason that turns the text around it', async () => {
      const answer = await at.source.client.step(at.id, 'deactivate', { reason: 'Fine.\n\u2067enif' });
      refused(answer, 422, ['invalid-attribute', '/data/attributes/reason']);
      expect(answer.body.errors[0].details).toMatch(/U\+2067.*write it without/);
    });

    it('but not a name to look for, which may be an old one', async () => {
      const { status } = await at.list('filter[search]=%E2%80%AEA&filter[name]=%E2%80%AE');
      expect(status).toBe(200);
    });

    it('a name with half a character', async () => {
      for (const half of ['\\ud800', '\\udc00', '\\udc00\\ud800']) {
        const attributes = `{"destination-organization-id": "${at.destination.id}", "name": "a${half}b"}`;
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
      const foreign = { 'organization-id': at.third.id, sourceOrganizationId: at.third.id };
      refused(
        await create(foreign),
        403,
        ['foreign-organization', '/data/attributes/organization-id'],
        ['foreign-organization', '/data/attributes/source-organization-id'],
      );
      const pointer = '/data/attributes/destination-organization-id';
      refused(await at.source.client.create('org_none'), 422, ['unknown-organization', pointer]);
      refused(await at.source.client.create(at.source.id), 422, ['self-connection', pointer]);
    });

    it.each([7, [], {}, 'x'.repeat(501), '😀'.repeat(501), 'a\0b', 'a\rb'])('reason %j', async (reason) => {
      const answer = await at.source.client.step(at.id, 'deactivate', { reason });
      refused(answer, 422, ['invalid-attribute', '/data/attributes/reason']);
    });

    it('a reason where none is asked for', async () => {
      const answer = await at.third.client.step(at.id, 'activate', { reason: 'x' });
      refused(answer, 400, ['unknown-attribute', '/data/attributes/reason']);
      const revoked = await at.source.client.post('/api-keys/api_x/revoke', {
        body: { data: { attributes: { x: 1 } } },
      });
      refused(revoked, 400, ['unknown-attribute', '/data/attributes/x']);
    });

    it('of an organization or a key', async () => {
      const organization = (attributes: object): Promise<Answer> =>
        at.platform.post('/organizations', { body: { data: { attributes } } });
      refused(await organization({}), 422, ['missing-attribute', '/data/attributes/name']);
      for (const name of [7, null, '', '  ', 'x'.repeat(201), 'a\0b']) {
        refused(await organization({ name }), 422, ['invalid-attribute', '/data/attributes/name']);
      }
      const apiKey = (attributes: object): Promise<Answer> =>
        at.source.client.post('/api-keys', {
          body: { data: { attributes: { role: 'member', name: 'x', ...attributes } } },
        });
      for (const role of [7, null, '', 'root', ['member'], 'constructor']) {
        refused(await apiKey({ role }), 422, ['invalid-attribute', '/data/attributes/role']);
      }
      for (const moment of ['2020-01-01T00:00:00Z', 'tomorrow', 7, '2099-02-30T00:00:00Z', '2099-01-01T00:00:00']) {
        refused(await apiKey({ 'expires-at': moment }), 422, ['invalid-attribute', '/data/attributes/expires-at']);
      }
      refused(await apiKey({ 'organization-id': at.third.id }), 403, [
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

  it('a platform credential that would create a connection', async () => {
    refused(await at.platform.create(at.destination.id), 403, 'not-permitted');
  });
});

describe('what is just within the limits', () => {
  const service = new TestedService();

  it('is accepted, and comes back as it was sent', async () => {
    const source = await newOrganization(service.platform, '😀'.repeat(190));
    const destination = await newOrganization(service.platform, 'x');
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
