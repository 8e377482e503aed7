import { randomUUID } from 'node:crypto';
import { type Answer, Client, newConnection, newKey, newOrganization, newPair, type Pair } from '../support/client';
import { joined } from '../support/people';
import { itWithItsOwnLog, overtakeAll, rememberNothingLater, withholdLog } from '../support/servers';
import { TestedService } from '../support/tested-service';

const withKey = (key: string): Record<string, string> => ({ 'idempotency-key': key });
const replayed = ({ headers }: Answer): boolean => headers.get('idempotent-replayed') === 'true';
const shown = ({ status, headers, text }: Answer): unknown => ({
  status,
  text,
  headers: ['etag', 'location', 'connect-position', 'content-type'].map((name) => headers.get(name)),
});
const codeOf = ({ status, body }: Answer): unknown => [status, body.errors?.[0].code];

describe('Idempotency-Key', () => {
  const service = new TestedService();

  /** The same request again gives the same answer, and says that it is one. */
  const expectReplay = async (ask: (headers: Record<string, string>) => Promise<Answer>): Promise<Answer> => {
    const headers = withKey(randomUUID());
    const first = await ask(headers);
    expect(replayed(first)).toBe(false);
    for (const again of [await ask(headers), await ask(headers)]) {
      expect(replayed(again)).toBe(true);
      expect(shown(again)).toEqual(shown(first));
      expect(again.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
    }
    return first;
  };

  describe('a retried', () => {
    let pair: Pair;
    beforeEach(async () => (pair = await newPair(service.platform)));

    it('create is answered as the first time, and creates once', async () => {
      const { source, destination } = pair;
      const first = await expectReplay((headers) => source.client.create(destination.id, { name: 'Once' }, headers));
      expect(first.status).toBe(201);
      expect(await source.client.history(first.body.data.id as string)).toHaveLength(1);
    });

    it.each(['activate', 'deactivate', 'reactivate'])('%s is taken once', async (verb) => {
      const from = verb === 'reactivate' ? 'inactive' : 'pending';
      const { source, destination, id } = await newConnection(service.platform, from);
      const caller = verb === 'reactivate' ? source : destination;
      const before = (await source.client.history(id)).length;
      const first = await expectReplay((headers) => caller.client.step(id, verb, {}, headers));
      expect(first.status).toBe(200);
      expect(await source.client.history(id)).toHaveLength(before + 1);
    });

    it('request is answered as it was then, although the connection has moved on', async () => {
      const { source, destination, id } = await newConnection(service.platform, 'pending');
      const first = await destination.client.step(id, 'activate', {}, withKey('then'));
      await source.client.step(id, 'deactivate');
      await source.client.step(id, 'reactivate');
      const again = await destination.client.step(id, 'activate', {}, withKey('then'));
      expect(shown(again)).toEqual(shown(first));
      expect((await source.client.history(id)).at(-1)?.attributes['to-status']).toBe('pending');
    });

    it('refusal is repeated, although it would not be refused any more', async () => {
      const { source, destination, id } = await newConnection(service.platform, 'inactive');
      const first = await destination.client.step(id, 'activate', {}, withKey('refused'));
      expect(codeOf(first)).toEqual([409, 'illegal-transition']);
      await source.client.step(id, 'reactivate');
      const again = await destination.client.step(id, 'activate', {}, withKey('refused'));
      expect([replayed(again), shown(again)]).toEqual([true, shown(first)]);
    });

    it('refusal of any other kind is repeated as well', async () => {
      const { source, destination, id } = await newConnection(service.platform, 'pending');
      const missing = 'cxn_1111111111111111111111';
      const refusals: [unknown, (headers: Record<string, string>) => Promise<Answer>][] = [
        [[400, 'unknown-attribute'], (headers) => source.client.create(destination.id, { colour: 1 }, headers)],
        [[400, 'unknown-parameter'], (headers) => source.client.post('/connect/connections?a=1', { headers })],
        [[400, 'invalid-parameter'], (headers) => source.client.step('cxn-1', 'activate', {}, headers)],
        [[403, 'not-permitted'], (headers) => source.client.step(id, 'activate', {}, headers)],
        [[404, 'not-found'], (headers) => source.client.step(missing, 'activate', {}, headers)],
        [[409, 'already-connected'], (headers) => source.client.create(destination.id, {}, headers)],
        [
          [412, 'stale-revision'],
          (headers) => source.client.step(id, 'deactivate', {}, { ...headers, 'if-match': '"9"' }),
        ],
        [[422, 'unknown-organization'], (headers) => source.client.create('org_DEF456', {}, headers)],
      ];
      for (const [code, ask] of refusals) expect(codeOf(await expectReplay(ask))).toEqual(code);
    });

    it('request may come from a colleague of the same organization', async () => {
      const { source, destination } = pair;
      const colleague = await newKey(service.platform, source.id, 'member');
      const first = await source.client.create(destination.id, {}, withKey('shared'));
      const again = await colleague.client.create(destination.id, {}, withKey('shared'));
      expect([replayed(again), again.text]).toEqual([true, first.text]);
    });

    it('request may ask for its answer in another casing', async () => {
      const { source, destination } = pair;
      await source.client.create(destination.id, {}, withKey('casing'));
      const again = await source.client.create(destination.id, {}, { ...withKey('casing'), 'key-inflection': 'snake' });
      expect(replayed(again)).toBe(true);
      expect(again.body.data.attributes.destination_organization_id).toBe(destination.id);
    });
  });

  it('belongs to an organization: another may use the same', async () => {
    const [one, two] = await Promise.all([newPair(service.platform), newPair(service.platform)]);
    const first = await one.source.client.create(one.destination.id, {}, withKey('same for two'));
    const second = await two.source.client.create(two.destination.id, {}, withKey('same for two'));
    expect([first.status, second.status, replayed(second)]).toEqual([201, 201, false]);
    expect(second.body.data.id).not.toBe(first.body.data.id);
  });

  it('of one request is refused for any other', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'active');
    const other = await newOrganization(service.platform, 'Other');
    const first = await source.client.step(id, 'deactivate', { reason: 'A' }, withKey('one request'));
    expect(first.status).toBe(200);
    const path = `/connect/connections/${id}/deactivate`;
    const others = [
      await source.client.step(id, 'deactivate', { reason: 'B' }, withKey('one request')),
      await source.client.step(id, 'deactivate', {}, withKey('one request')),
      await source.client.post(path, { headers: withKey('one request') }),
      await source.client.post(`${path}?dry-run=false`, {
        headers: withKey('one request'),
        body: { data: { attributes: { reason: 'A' } } },
      }),
      await source.client.step(id, 'reactivate', { reason: 'A' }, withKey('one request')),
      await source.client.create(other.id, {}, withKey('one request')),
    ];
    for (const answer of others) {
      expect(codeOf(answer)).toEqual([422, 'idempotency-mismatch']);
      expect(answer.body.errors[0].source).toEqual({ header: 'Idempotency-Key' });
      expect(replayed(answer)).toBe(false);
    }
    // None of them has taken the place of the first.
    const again = await source.client.step(id, 'deactivate', { reason: 'A' }, withKey('one request'));
    expect([replayed(again), shown(again)]).toEqual([true, shown(first)]);
    expect(await destination.client.history(id)).toHaveLength(3);
  });

  it.each([2, 20])('sent %i times at once takes effect once', async (count) => {
    const { source, destination } = await newPair(service.platform);
    const key = withKey(`at once ${count}`);
    const ask = (): Promise<Answer> => source.client.create(destination.id, {}, key);
    const answers = await Promise.all(Array.from({ length: count }, ask));
    const first = answers.filter((answer) => answer.status === 201 && !replayed(answer));
    expect(first).toHaveLength(1);
    for (const answer of answers) {
      if (answer === first[0]) continue;
      if (replayed(answer)) {
        expect(shown(answer)).toEqual(shown(first[0]!));
      } else {
        expect(codeOf(answer)).toEqual([409, 'request-in-flight']);
        expect(answer.headers.get('retry-after')).toBe('1');
      }
    }
    const again = await ask();
    expect([replayed(again), shown(again)]).toEqual([true, shown(first[0]!)]);
    expect(await source.client.history(again.body.data.id as string)).toHaveLength(1);
  });

  it.each(['dry-run', 'dryRun', 'dry_run'])('of a dry run, asked for by %s, is not remembered', async (parameter) => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    const dry = (): Promise<Answer> =>
      destination.client.post(`/connect/connections/${id}/activate?${parameter}=true`, { headers: withKey('dry') });
    const first = await dry();
    expect([first.status, first.headers.get('etag'), first.body.data.meta['dry-run']]).toEqual([200, null, true]);
    expect(replayed(await dry())).toBe(false);
    await source.client.step(id, 'deactivate');
    expect(codeOf(await dry())).toEqual([409, 'illegal-transition']);
    await source.client.step(id, 'reactivate');
    const real = await destination.client.step(id, 'activate', {}, withKey('dry'));
    expect([real.status, replayed(real)]).toEqual([200, false]);
  });

  it('of a request without a valid API key is not remembered', async () => {
    const { source, destination } = await newPair(service.platform);
    const nobody = await new Client(service.url, null).create(destination.id, {}, withKey('unauthenticated'));
    expect(nobody.status).toBe(401);
    const answer = await source.client.create(destination.id, {}, withKey('unauthenticated'));
    expect([answer.status, replayed(answer)]).toEqual([201, false]);
  });

  itWithItsOwnLog('of a request that failed on our side is not remembered', async () => {
    const { source, destination } = await newPair(service.platform);
    // For longer than an append waits.
    const giveBack = await withholdLog(service.folder);
    const failed = await source.client.create(destination.id, {}, withKey('failed'));
    await giveBack();
    expect(codeOf(failed)).toEqual([503, 'unavailable']);
    expect(failed.headers.get('retry-after')).toBe('1');
    const again = await source.client.create(destination.id, {}, withKey('failed'));
    expect([again.status, replayed(again)]).toEqual([201, false]);
    expect(await source.client.history(again.body.data.id as string)).toHaveLength(1);
  });

  it.each([
    ['1 character', 'x', 201],
    ['255 characters', 'k'.repeat(255), 201],
    [
      'every printable ASCII character',
      Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join(''),
      201,
    ],
    ['256 characters', 'k'.repeat(256), 400],
    ['no characters', '', 400],
    ['nothing but spaces', '   ', 400],
    ['a character outside ASCII', 'clé', 400],
    ['a tab', 'a\tb', 400],
  ])('may or may not have %s', async (_, key, status) => {
    const { source, destination } = await newPair(service.platform);
    const answer = await source.client.create(destination.id, {}, withKey(key));
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(answer.body.errors).toMatchObject([{ code: 'invalid-header', source: { header: 'Idempotency-Key' } }]);
      expect((await source.client.get('/connect/connections')).body.data).toEqual([]);
    }
  });

  it('makes one organization', async () => {
    const body = { data: { attributes: { name: `Once ${randomUUID()}` } } };
    const first = await expectReplay((headers) => service.platform.post('/organizations', { headers, body }));
    expect(first.status).toBe(201);
    const listed = await service.platform.get('/organizations?page[size]=100');
    const names = listed.body.data.map(({ attributes }: { attributes: { name: string } }) => attributes.name);
    expect(names.filter((name: string) => name === body.data.attributes.name)).toHaveLength(1);
  });

  it('makes one API key, whose secret is shown once', async () => {
    const { source } = await newPair(service.platform);
    const body = { data: { attributes: { role: 'member', name: 'Once' } } };
    const ask = (): Promise<Answer> => source.client.post('/api-keys', { headers: withKey('api key'), body });
    const first = await ask();
    const again = await ask();
    const { key, ...attributes } = first.body.data.attributes;
    expect([again.status, replayed(again)]).toEqual([201, true]);
    expect(again.body.data).toEqual({ ...first.body.data, attributes: { ...attributes, key: null } });
    expect((await new Client(service.url, key as string).get('/organization')).status).toBe(200);
    const listed = await source.client.get('/api-keys');
    expect(listed.body.data).toHaveLength(2);
  });

  it('revokes once', async () => {
    const { source } = await newPair(service.platform);
    const { id, client } = await newKey(service.platform, source.id, 'member');
    const first = await expectReplay((headers) => source.client.post(`/api-keys/${id}/revoke`, { headers }));
    expect(first.body.data.attributes['revoked-at']).not.toBeNull();
    expect((await client.get('/organization')).status).toBe(401);
  });

  /** An organization whose admin may change rows of the directory in each way there is: by path and attributes. */
  const changeable = async (): Promise<{ admin: Client; changes: [string, object?][] }> => {
    const { source } = await newPair(service.platform);
    const admin = source.client;
    const { id: key } = await newKey(service.platform, source.id, 'member');
    // Without another admin, her changes would be refused for that.
    await joined(admin, 'admin');
    const { id: ada } = await joined(admin, 'admin');
    const invited = { data: { attributes: { email: 'grace@example.com', role: 'member' } } };
    const { id: invitation } = (await admin.post('/invitations', { body: invited })).body.data;
    const changes: [string, object?][] = [
      [`/api-keys/${key}/revoke`],
      [`/invitations/${invitation}/revoke`],
      [`/members/${ada}/role`, { role: 'auditor' }],
      [`/members/${ada}/remove`],
    ];
    return { admin, changes };
  };

  it('keeps a change of the directory from a try that another one has overtaken', async () => {
    const { admin, changes } = await changeable();
    const all = async (): Promise<unknown> => {
      const lists = ['/api-keys', '/invitations', '/members'].map((path) => admin.get(`${path}?page[size]=100`));
      const seen = await Promise.all([...lists, service.platform.get('/organizations?page[size]=100')]);
      // When a key was last used, or a member last seen, is not what was asked for.
      const shown = seen.map(({ body }) => JSON.stringify(body.data));
      return shown.map((text) => text.replace(/"last-(used|seen)-at":("[^"]*"|null)/g, ''));
    };
    const asks: [Client, string, object?][] = [
      [service.platform, '/organizations', { name: 'Overtaken' }],
      [admin, '/api-keys', { role: 'member', name: 'Overtaken' }],
      [admin, '/invitations', { email: 'overtaken@example.com', role: 'member' }],
      ...changes.map(([path, attributes]) => [admin, path, attributes] as [Client, string, object?]),
    ];
    const before = await all();
    const letOn = await overtakeAll(service.folder);
    try {
      for (const [by, path, attributes] of asks) {
        const body = attributes && { data: { attributes } };
        const answer = await by.post(path, { headers: withKey(`overtaken ${path}`), body });
        expect([path, ...(codeOf(answer) as unknown[])]).toEqual([path, 409, 'request-in-flight']);
      }
      expect(await all()).toEqual(before);
    } finally {
      await letOn();
    }
    const [path] = changes[0]!;
    expect((await admin.post(path, { headers: withKey('not overtaken') })).status).toBe(200);
  });

  it('is remembered with a change of the directory, though the service dies before it could tell of it', async () => {
    const { admin, changes } = await changeable();
    const letOn = await rememberNothingLater(service.folder);
    try {
      for (const [path, attributes] of changes) {
        const body = attributes && { data: { attributes } };
        const first = await admin.post(path, { headers: withKey(`died ${path}`), body });
        expect([path, first.status]).toEqual([path, 200]);
        const again = await admin.post(path, { headers: withKey(`died ${path}`), body });
        expect(replayed(again)).toBe(true);
        expect(shown(again)).toEqual(shown(first));
      }
    } finally {
      await letOn();
    }
  });

  it('is remembered over a restart', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'active');
    const asks = [
      (by: Client) => by.step(id, 'deactivate', { reason: 'Over' }, withKey('restart 1')),
      (by: Client) => by.step(id, 'activate', {}, withKey('restart 2')),
      (by: Client) => by.create(destination.id, {}, withKey('restart 3')),
    ];
    const before: Answer[] = [];
    for (const ask of asks) before.push(await ask(source.client));
    expect(before.map(({ status }) => status)).toEqual([200, 403, 409]);
    await service.restart();
    const after: Answer[] = [];
    for (const ask of asks) after.push(await ask(new Client(service.url, source.key)));
    expect(after.map(replayed)).toEqual([true, true, true]);
    expect(after.map(shown)).toEqual(before.map(shown));
    expect(await new Client(service.url, source.key).history(id)).toHaveLength(3);
  });
});
