import { type Answer, Client } from '../support/client';
import { rawRequest } from '../support/raw-http';
import { CONNECTIONS, describeRefusals, refused } from '../support/refusals';

const MISSING = ['missing-attribute', '/data/attributes/destination-organization-id'] as const;

describeRefusals('what a client sends that cannot be accepted', (at) => {
  const { post, list, raw, key } = at;

  describe('as a parameter of the query', () => {
    it.each(['x=1', 'page=1', 'page[number]=1', 'filter[x]=1', '__proto__=1', 'constructor=1', 'prototype[x]=1', '=1'])(
      'that is not known: %s',
      async (query) => {
        refused(await list(query), 400, ['unknown-parameter', query.slice(0, query.lastIndexOf('='))]);
      },
    );

    it('where there are none', async () => {
      refused(await at.source.client.get('/organization?x=1'), 400, ['unknown-parameter', 'x']);
      refused(await post({ data: {} }, {}), 422, MISSING);
      const dryRun = await at.source.client.post('/connect/connections?dry-run=true', { body: { data: {} } });
      refused(dryRun, 400, ['unknown-parameter', 'dry-run']);
    });

    it('given twice, in one casing or in two', async () => {
      refused(await list('page[size]=1&page[size]=2'), 400, ['invalid-parameter', 'page[size]']);
      refused(await list('filter[created-at-start]=2026-01-01T00:00:00Z&filter[createdAtStart]=x'), 400, [
        'invalid-parameter',
        'filter[created-at-start]',
      ]);
    });

    it.each([
      '0',
      '101',
      '-1',
      '010',
      '1e3',
      '10abc',
      '',
      '%20',
      '1.5',
      '0x10',
      'NaN',
      'Infinity',
      '99999999999999999999',
    ])('page[size]=%s', async (size) =>
      refused(await list(`page[size]=${size}`), 400, ['invalid-parameter', 'page[size]']),
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
      const retrieved = await at.source.client.get(`/connect/connections/${at.id}?as-of=${moment}`);
      refused(retrieved, 400, ['invalid-parameter', 'as-of']);
    });

    it('as-of in the year 0, and in a future that nobody knows', async () => {
      const asOf = (moment: string): Promise<Answer> =>
        at.source.client.get(`/connect/connections/${at.id}?as-of=${moment}`);
      refused(await asOf('0000-01-01T00:00:00Z'), 404, ['not-then', 'as-of']);
      refused(await asOf('9998-01-01T00:00:00Z'), 400, ['invalid-parameter', 'as-of']);
    });

    it.each(['-1', 'x', '1.5', '1e3', '', '9999999999999999', '99999999999999999999'])(
      'revision=%s, and to=%s',
      async (revision) => {
        const answer = await at.source.client.get(`/connect/connections/${at.id}?revision=${revision}`);
        refused(answer, 400, ['invalid-parameter', 'revision']);
        const difference = await at.source.client.get(`/connect/connections/${at.id}/diff?from=0&to=${revision}`);
        refused(difference, 400, ['invalid-parameter', 'to']);
      },
    );

    it('both as-of and revision, both page[after] and page[before]', async () => {
      const both = await at.source.client.get(`/connect/connections/${at.id}?as-of=2026-01-01T00:00:00Z&revision=0`);
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
        const answer = await at.source.client.post(`/connect/connections/${at.id}/deactivate?dry-run=${value}`);
        refused(answer, 400, ['invalid-parameter', 'dry-run']);
      }
    });

    it('a cursor that is forged, foreign or garbage', async () => {
      const cursor = (text: string): string => Buffer.from(text).toString('base64url');
      const organizations = await at.platform.get('/organizations?page[size]=1');
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
      const events = await at.source.client.get(`/connect/connections/${at.id}/events?page[after]=${other}`);
      refused(events, 400, ['invalid-cursor', 'page[after]']);
      const keys = await at.source.client.get(`/api-keys?page[after]=${foreign}`);
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
      refused(await raw(rawRequest(`GET ${CONNECTIONS}/${at.id}/activate`, [key()])), 404, 'unknown-route');
      refused(await raw(rawRequest(`BREW ${CONNECTIONS}`, [key()])), 400, 'malformed-request');
    });

    it('with HEAD: as GET, without the body', async () => {
      const head = await at.source.client.send('HEAD', `/connect/connections/${at.id}`, {});
      expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', '"0"']);
      const anonymous = await new Client(at.service.url, null).send('HEAD', `/connect/connections/${at.id}`, {});
      expect([anonymous.status, anonymous.text]).toEqual([401, '']);
      const nowhere = await at.source.client.send('HEAD', '/nowhere', {});
      expect([nowhere.status, nowhere.text]).toEqual([404, '']);
    });
  });
});
