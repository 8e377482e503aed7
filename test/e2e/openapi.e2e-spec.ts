import { Validator } from '@seriousme/openapi-schema-validator';
import { ruleOf, steps } from '@connections/connection/domain/lifecycle';
import { auditOf } from '@connections/host/audit';
import { configurationFrom } from '@connections/host/configuration';
import { closeStores, openStores } from '@connections/host/stores';
import { catalogue } from '../../apps/api/src/http/problem-catalogue';
import { createLog } from '../../apps/api/src/log';
import { projectorsOf } from '../../apps/api/src/projectors';
import { signingOf } from '../../apps/api/src/audit/signing';
import { createApplication } from '../../apps/api/src/service';
import { Browser, FROM_OUR_PAGE, signedIn } from '../support/browser';
import { type Answer, Client, newOrganization } from '../support/client';
import { type Json, OpenApi } from '../support/openapi';
import { tokenOf } from '../support/people';
import { temporaryFolder } from '../support/temporary-folder';
import { TestedService } from '../support/tested-service';

const RATE_LIMIT = 400;

const guideBody = {
  data: { attributes: { 'destination-organization-id': 'org_DEF456', name: 'Partner Connection' } },
};

describe('the OpenAPI document', () => {
  const service = new TestedService({ RATE_LIMIT_PER_MINUTE: String(RATE_LIMIT) });
  let openApi: OpenApi;
  let source: Client;
  let destination: Client;
  let auditor: Client;
  const anonymous = (): Client => new Client(service.url, null);

  beforeAll(async () => {
    const { url } = service.demo;
    source = new Client(url, service.demo.source.key);
    destination = new Client(url, service.demo.destination.key);
    auditor = new Client(url, service.demo.auditor.key);
    openApi = new OpenApi((await anonymous().get('/openapi.json')).body);
  });

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openApi.document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(openApi.document.openapi).toMatch(/^3\.1\./);
  });

  it('is 3.1 in its schemas too: null is a type', () => {
    expect(JSON.stringify(openApi.document)).not.toMatch(/"nullable"|"example":/);
    expect(openApi.document.components.schemas.ConnectionAttributes.properties.name.type).toEqual(['string', 'null']);
  });

  it('points at nothing that is not there', () => {
    const references = JSON.stringify(openApi.document).match(/"#\/[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(0);
    for (const reference of new Set(references)) {
      const [, ...path] = (JSON.parse(reference) as string).split('/');
      expect([reference, path.reduce((value, key) => value?.[key], openApi.document)]).not.toEqual([
        reference,
        undefined,
      ]);
    }
  });

  it('names every operation once, in words that make good method names', () => {
    const ids = openApi.operations.map(({ operation }) => operation.operationId);
    expect(ids.sort()).toEqual([
      'acceptInvitation',
      'activateConnection',
      'changeMemberRole',
      'changePassword',
      'checkLiveness',
      'checkReadiness',
      'checkSharing',
      'compareConnection',
      'completeSignOn',
      'createApiKey',
      'createConnection',
      'createInvitation',
      'createOrganization',
      'deactivateConnection',
      'endAllSessions',
      'endSession',
      'exportLog',
      'latestCheckpoint',
      'listAccesses',
      'listApiKeys',
      'listAuditKeys',
      'listCheckpoints',
      'listConnectionEvents',
      'listConnections',
      'listEvents',
      'listInvitations',
      'listMembers',
      'listOrganizations',
      'listScopes',
      'listSignInMethods',
      'proveConsistency',
      'proveEvent',
      'reactivateConnection',
      'readDocumentation',
      'readMetrics',
      'readOpenApi',
      'redactText',
      'removeMember',
      'retrieveCheckpoint',
      'retrieveConnection',
      'retrieveOrganization',
      'retrieveSession',
      'revokeApiKey',
      'revokeInvitation',
      'signIn',
      'signOn',
      'streamEvents',
      'viewInvitation',
    ]);
  });

  it('has every route that the server has, and no other', async () => {
    const served = (await routes()).filter((route) => !/ \/docs\//.test(route));
    const documented = openApi.operations.map(({ method, path }) => `${method} ${path}`);
    expect(served.sort()).toEqual(documented.sort());
  });

  it('has every error code, each at an operation that can carry it', () => {
    const codes = Object.keys(catalogue);
    expect(openApi.document.components.schemas.Error.properties.code.enum).toEqual(codes);
    expect(Object.keys(openApi.document.components.examples)).toEqual(codes);
    const carried = openApi.operations.flatMap(({ operation }) =>
      Object.entries<Json>(operation.responses).flatMap(([status, response]) =>
        (response['x-error-codes'] ?? []).map((code: keyof typeof catalogue) => {
          expect([code, status]).toEqual([code, String(catalogue[code].status)]);
          return code;
        }),
      ),
    );
    // A path that is not there is no operation.
    expect(new Set([...carried, 'unknown-route'])).toEqual(new Set(codes));
  });

  it('tells the lifecycle by the table that the service goes by', () => {
    for (const step of steps) {
      const { by, to, event } = ruleOf(step);
      expect(openApi.document.info.description).toMatch(
        new RegExp(`\\| ${step} \\| ${by.join(' or ')} \\| .* \\| ${to} \\| \`${event}\` \\|`),
      );
    }
  });

  it('shows the guide’s own call and answer', () => {
    const create = openApi.operation('createConnection');
    expect(create.description).toContain(
      'curl -X POST http://127.0.0.1:3000/api/v1/connect/connections \\\n  -H "Authorization: Bearer <token>"',
    );
    expect(create.requestBody.content['application/json'].examples.guide.value).toEqual(guideBody);
    const { guide } = openApi.operation('retrieveConnection').responses[200].content['application/json'].examples;
    expect(guide.value.data.attributes).toMatchObject({
      token: 'cxn_ABC123',
      name: 'Partner Connection',
      status: 'active',
      'organization-id': 'org_ABC123',
      'destination-organization-id': 'org_DEF456',
      scopes: ['inquiry.read', 'account.read'],
      'creator-id': 'api_ABC123',
      'creator-type': 'api-key',
      'created-at': '2018-06-01T00:00:00.000Z',
      'updated-at': '2018-06-01T00:00:00.000Z',
    });
  });

  it('gives examples of answers that are valid by its own schemas', () => {
    for (const { operation } of openApi.operations) {
      for (const [status, response] of Object.entries<Json>(operation.responses)) {
        for (const [type, media] of Object.entries<Json>(response.content)) {
          for (const [name, given] of Object.entries<Json>(media.examples ?? {})) {
            const example = given.$ref ? openApi.document.components.examples[given.$ref.split('/').at(-1)] : given;
            const answer = answerWith(Number(status), type, example.value);
            expect([name, openApi.disagreements(operation.operationId, answer)]).toEqual([name, []]);
          }
        }
      }
    }
  });

  describe('and the running service', () => {
    const agrees = (operationId: string, answer: Answer, status: number): Answer => {
      expect([answer.status, openApi.disagreements(operationId, answer)]).toEqual([status, []]);
      return answer;
    };
    const examplesOf = (operationId: string): Json[] =>
      Object.values<Json>(openApi.operation(operationId).requestBody.content['application/json'].examples).map(
        ({ value }) => value,
      );

    it('agree on every step of the handshake, with the bodies that the document shows', async () => {
      let id = '';
      for (const [index, body] of examplesOf('createConnection').entries()) {
        const to = await newOrganization(service.platform, `Documented ${index}`);
        const text = JSON.stringify(body).replaceAll('org_DEF456', to.id);
        const created = agrees('createConnection', await source.post('/connect/connections', { body: text }), 201);
        id = created.body.data.id as string;
        for (const [stepIndex, attributes] of examplesOf('activateConnection').entries()) {
          const answer = await to.client.post(`/connect/connections/${id}/activate`, { body: attributes });
          agrees('activateConnection', answer, stepIndex === 0 ? 200 : 409);
        }
        agrees('deactivateConnection', await to.client.post(`/connect/connections/${id}/deactivate`), 200);
        for (const attributes of examplesOf('reactivateConnection')) {
          const reactivate = await source.post(`/connect/connections/${id}/reactivate`, { body: attributes });
          agrees('reactivateConnection', reactivate, 200);
          const [reason] = examplesOf('deactivateConnection');
          const deactivate = await source.post(`/connect/connections/${id}/deactivate`, { body: reason });
          agrees('deactivateConnection', deactivate, 200);
        }
      }
      const path = `/connect/connections/${id}`;
      agrees('retrieveConnection', await source.get(path), 200);
      agrees('retrieveConnection', await auditor.get(path), 200);
      agrees('retrieveConnection', await source.get(`${path}?revision=0`), 200);
      agrees('retrieveConnection', await source.get(path, { headers: { accept: 'application/vnd.api+json' } }), 200);
      agrees('listConnectionEvents', await source.get(`${path}/events?page[size]=2`), 200);
      agrees('compareConnection', await source.get(`${path}/diff?from=0`), 200);
      agrees('compareConnection', await source.get(`${path}/diff?from=1970-01-01T00:00:00Z&to=0`), 200);
      agrees('listConnections', await source.get('/connect/connections?page[size]=1'), 200);
      const asOf = new Date().toISOString();
      agrees('listConnections', await source.get(`/connect/connections?as-of=${asOf}&filter[status]=active`), 200);
      const dryRun = await source.post(`${path}/reactivate?dry-run=true`);
      agrees('reactivateConnection', dryRun, 200);
      expect(dryRun.body.data.meta['dry-run']).toBe(true);
    });

    it('agree on the directory', async () => {
      agrees('retrieveOrganization', await source.get('/organization'), 200);
      agrees('retrieveOrganization', await service.platform.get('/organization'), 404);
      for (const body of examplesOf('createOrganization')) {
        agrees('createOrganization', await service.platform.post('/organizations', { body }), 201);
      }
      agrees('listOrganizations', await auditor.get('/organizations?page[size]=1'), 200);
      for (const body of examplesOf('createApiKey')) {
        const headers = { 'idempotency-key': JSON.stringify(body).slice(0, 200) };
        const made = agrees('createApiKey', await source.post('/api-keys', { body, headers }), 201);
        const again = agrees('createApiKey', await source.post('/api-keys', { body, headers }), 201);
        expect(again.headers.get('idempotent-replayed')).toBe('true');
        for (const none of examplesOf('revokeApiKey')) {
          const revoke = await source.post(`/api-keys/${made.body.data.id}/revoke`, { body: none });
          agrees('revokeApiKey', revoke, 200);
        }
      }
      agrees('listApiKeys', await source.get('/api-keys'), 200);
      agrees('listAccesses', await source.get('/audit/accesses'), 200);
      agrees('listEvents', await source.get('/connect/events'), 200);
      agrees('revokeApiKey', await source.post('/api-keys/api_none/revoke'), 404);
    });

    it('agree on people', async () => {
      agrees('listScopes', await source.get('/connect/scopes'), 200);
      agrees('listSignInMethods', await anonymous().get('/session/methods'), 200);
      for (const body of examplesOf('createInvitation')) {
        const headers = { 'idempotency-key': 'invite' };
        const made = agrees('createInvitation', await source.post('/invitations', { body, headers }), 201);
        agrees('createInvitation', await source.post('/invitations', { body, headers }), 201);
        agrees('listInvitations', await source.get('/invitations?page[size]=1'), 200);
        agrees('listInvitations', await destination.get('/invitations?page[after]=x'), 400);
        const browser = new Browser(service.url);
        const withToken = (body_: Json): object => ({ ...body_.data.attributes, token: tokenOf(made) });
        for (const each of examplesOf('viewInvitation')) {
          agrees('viewInvitation', await browser.post('/invitations/view', withToken(each)), 200);
        }
        agrees('viewInvitation', await browser.post('/invitations/view', { token: 'x' }), 404);
        const [anew, known] = examplesOf('acceptInvitation');
        agrees('acceptInvitation', await browser.post('/invitations/accept', withToken(known)), 422);
        agrees('acceptInvitation', await browser.post('/invitations/accept', withToken(anew)), 201);
        agrees('acceptInvitation', await browser.post('/invitations/accept', withToken(anew)), 410);
        const { id } = (await browser.get('/session')).body.data.attributes.person;
        for (const attributes of examplesOf('changeMemberRole')) {
          agrees('changeMemberRole', await source.post(`/members/${id}/role`, { body: attributes }), 200);
        }
        agrees('changeMemberRole', await source.post(`/members/${id}/role`, { body: { data: {} } }), 422);
        for (const none of examplesOf('removeMember')) {
          agrees('removeMember', await source.post(`/members/${id}/remove`, { body: none }), 200);
          agrees('removeMember', await source.post(`/members/${id}/remove`, { body: none }), 404);
        }
        agrees('revokeInvitation', await source.post(`/invitations/${made.body.data.id}/revoke`), 410);
      }
      const email = 'somebody@example.com';
      const open = await source.post('/invitations', { body: { data: { attributes: { email, role: 'admin' } } } });
      for (const none of examplesOf('revokeInvitation')) {
        const revoke = await source.post(`/invitations/${open.body.data.id}/revoke`, { body: none });
        agrees('revokeInvitation', revoke, 200);
      }
      agrees('revokeInvitation', await source.post('/invitations/inv_none/revoke'), 404);

      const { person } = service.demo.source;
      const browser = await signedIn(service.url, person);
      agrees('signIn', await browser.signIn(person), 201);
      for (const body of examplesOf('signIn')) {
        agrees('signIn', await anonymous().post('/session', { body, headers: FROM_OUR_PAGE }), 401);
        agrees('signIn', await anonymous().post('/session', { body }), 403);
      }
      const members = agrees('listMembers', await browser.get('/members'), 200);
      agrees('listMembers', await service.platform.get('/members'), 403);
      agrees('removeMember', await browser.post(`/members/${members.body.data[0].id}/remove`), 409);
      agrees('retrieveSession', await browser.get('/session'), 200);
      agrees('retrieveSession', await anonymous().get('/session'), 401);
      const headers = { 'connect-organization': 'org_none' };
      agrees('listConnections', await browser.get('/connect/connections', { headers }), 404);
      agrees('createConnection', await browser.post('/connect/connections', {}, { 'sec-fetch-site': 'none' }), 403);
      for (const body of examplesOf('changePassword')) {
        agrees('changePassword', await browser.post('/session/password', body.data.attributes), 422);
      }
      const change = { 'current-password': person.password, 'new-password': person.password };
      agrees('changePassword', await browser.post('/session/password', change), 200);
      for (const none of examplesOf('endAllSessions')) {
        agrees('endAllSessions', await browser.post('/session/end-all', none.data.attributes), 200);
        await browser.signIn(person);
      }
      for (const none of examplesOf('endSession')) {
        agrees('endSession', await browser.post('/session/end', none.data.attributes), 200);
      }
      agrees('endSession', await browser.post('/session/end'), 401);
    });

    it('agree on what those who run it read', async () => {
      agrees('checkLiveness', await anonymous().get('/livez'), 200);
      agrees('checkReadiness', await anonymous().get('/readyz'), 200);
      agrees('readMetrics', await anonymous().get('/metrics'), 200);
      agrees('readOpenApi', await anonymous().get('/openapi.json'), 200);
      agrees('readDocumentation', await anonymous().get('/docs'), 200);
    });

    it('agree on every refusal', async () => {
      const { demo } = service;
      const to = demo.destination['organization-id'];
      const created = await source.create(to);
      const path = `/connect/connections/${created.body.data.id}`;
      const create = (attributes: object, headers: Record<string, string> = {}): Promise<Answer> =>
        source.post('/connect/connections', { body: { data: { attributes } }, headers });

      agrees('createConnection', await create({ 'destination-organization-id': to }), 409);
      agrees('createConnection', await create({}), 422);
      agrees('createConnection', await create({ 'destination-organization-id': 7, unknown: 1 }), 400);
      agrees(
        'createConnection',
        await create({ 'destination-organization-id': to, scopes: ['x', 'x'], name: '' }),
        422,
      );
      agrees('createConnection', await create({ 'destination-organization-id': 'org_none', scopes: [] }), 422);
      const own = demo.source['organization-id'];
      agrees('createConnection', await create({ 'destination-organization-id': own }), 422);
      const foreign = { 'destination-organization-id': to, 'organization-id': demo.third['organization-id'] };
      agrees('createConnection', await create(foreign), 403);
      agrees('createConnection', await auditor.create(to), 403);
      agrees('createConnection', await anonymous().create(to), 401);
      agrees('createConnection', await create({}, { accept: 'text/html' }), 406);
      agrees('createConnection', await create({}, { 'content-type': 'text/plain' }), 415);
      agrees('createConnection', await create({ name: 'x'.repeat(300_000) }), 413);
      agrees('createConnection', await create({}, { 'idempotency-key': 'documented' }), 422);
      agrees('createConnection', await create({ name: 'x' }, { 'idempotency-key': 'documented' }), 422);
      agrees('createConnection', await create({}, { 'key-inflection': 'shout' }), 400);

      agrees('listConnections', await source.get('/connect/connections?page[size]=0&x=1'), 400);
      agrees('listConnections', await source.get('/connect/connections?page[after]=garbage'), 400);
      const headers = { 'connect-position': '9'.repeat(16) };
      agrees('listConnections', await source.get('/connect/connections', { headers }), 503);

      agrees('retrieveConnection', await source.get('/connect/connections/cxn_none'), 404);
      agrees('retrieveConnection', await source.get('/connect/connections/none'), 400);
      agrees('retrieveConnection', await source.get(`${path}?revision=99`), 404);
      agrees('compareConnection', await source.get(`${path}/diff?from=99`), 404);
      agrees('compareConnection', await source.get(`${path}/diff`), 400);
      agrees('activateConnection', await source.post(`${path}/activate`), 403);
      agrees('reactivateConnection', await source.post(`${path}/reactivate`), 409);
      agrees('activateConnection', await destination.post(`${path}/activate`, { headers: { 'if-match': '"7"' } }), 412);
      agrees('activateConnection', await destination.post(`${path}/activate`, { headers: { 'if-match': '7' } }), 400);
      agrees('deactivateConnection', await source.step(created.body.data.id, 'deactivate', { reason: 7 }), 422);
      agrees('listConnectionEvents', await source.get('/connect/connections/cxn_none/events'), 404);

      agrees('createOrganization', await source.post('/organizations', { body: { data: {} } }), 403);
      agrees('createOrganization', await service.platform.post('/organizations', { body: { data: {} } }), 422);
      agrees('listOrganizations', await source.get('/organizations'), 403);
      const named = { data: { attributes: { role: 'member', name: 'x', 'organization-id': to } } };
      agrees('createApiKey', await source.post('/api-keys', { body: named }), 403);
      const nowhere = JSON.stringify(named).replace(to, 'org_none');
      agrees('createApiKey', await service.platform.post('/api-keys', { body: nowhere }), 422);
      agrees('listAccesses', await source.get('/audit/accesses?filter[kind]=x&page[after]=x'), 400);
      agrees('listApiKeys', await source.get(`/api-keys?filter[organization-id]=${to}`), 403);
      agrees(
        'revokeApiKey',
        await source.post('/api-keys/api_none/revoke', { body: { data: { attributes: { x: 1 } } } }),
        400,
      );
    });

    it('agree on the answer to a key that asks too much', async () => {
      const third = new Client(service.url, service.demo.third.key);
      let answer = await third.get('/organization');
      for (let asked = 1; asked <= RATE_LIMIT && answer.status === 200; asked += 1) {
        answer = await third.get('/organization');
      }
      agrees('retrieveOrganization', answer, 429);
    });
  });

  it('is shown on a page that needs nothing from elsewhere and has no script inside', async () => {
    const page = await anonymous().get('/docs');
    expect(page.text).not.toMatch(/(src|href)=["']?(https?:)?\/\//);
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const assets = [...page.text.matchAll(/(?:src|href)="\.(\/docs\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets).toContain('/docs/swagger-ui-init.js');
    for (const path of assets) {
      const asset = await anonymous().get(path);
      expect([path, asset.status, asset.text.length > 0]).toEqual([path, 200, true]);
    }
    const { text } = await anonymous().get('/docs/swagger-ui-init.js');
    expect(text).toContain('"operationId": "createConnection"');
    expect(text).toContain('"validatorUrl": null');
  });
});

/** Every route of the application, by method and path as OpenAPI writes it. HEAD goes without saying where GET is. */
async function routes(): Promise<string[]> {
  using folder = temporaryFolder();
  const configuration = configurationFrom({ DATA_DIR: folder.path });
  const stores = await openStores({ DATA_DIR: folder.path });
  const log = createLog('silent');
  const projectors = projectorsOf(stores, log);
  const audit = auditOf(stores, configuration, projectors.tree);
  const signing = await signingOf(audit, { configuration, stores, projectors, log });
  const app = await createApplication({ configuration, stores, projectors, audit, signing, log });
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.ready();
  const tree = fastify.printRoutes({ commonPrefix: false });
  await app.close();
  await closeStores(stores);
  return routesOf(tree);
}

/** Reads the tree that Fastify prints: `│   └── /:id (GET, HEAD)` continues the path of the line above its branch. */
function routesOf(tree: string): string[] {
  const path: string[] = [];
  return tree
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([\s│]*[├└]── )(\S+)(?: \((.+)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4 - 1;
      path.splice(depth, Infinity, part);
      const whole = path
        .slice(0, depth + 1)
        .join('')
        .replace(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => `${method} ${whole}`);
    });
}

const answerWith = (status: number, type: string, body: unknown): Answer => ({
  status,
  headers: new Headers({ 'content-type': type, 'request-id': 'req_example' }),
  text: JSON.stringify(body),
  body,
});
