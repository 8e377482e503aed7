import { join } from 'node:path';
import { KeyFile } from '@connections/audit/key-file';
import { closeStores } from '@connections/host/stores';
import { Client, newOrganization } from '../support/client';
import { CommandLine } from '../support/command-line';
import { storesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

describe('who looked into what happened', () => {
  const service = new TestedService((folder) => {
    // One process alone makes its key by itself; several are given one.
    new KeyFile(join(folder, 'audit.key')).create('connections.example');
    return {};
  });
  let platformAuditor: Client;
  let source: Client;
  let destination: Client;
  let id: string;
  let otherId: string;

  beforeAll(async () => {
    const { demo } = service;
    platformAuditor = new Client(demo.url, await keyFor(service.platform, 'platform-auditor'));
    source = new Client(demo.url, demo.source.key);
    destination = new Client(demo.url, demo.destination.key);
    id = (await source.create(demo.destination['organization-id'])).body.data.id;
    const other = await newOrganization(service.platform, 'Other');
    otherId = (await other.client.create(demo.third['organization-id'])).body.data.id;
  });

  const keyFor = async (by: Client, role: string): Promise<string> =>
    (await by.post('/api-keys', { body: { data: { attributes: { role, name: role } } } })).body.data.attributes.key;
  /** Reads the beginning of an answer, and goes away. */
  const begin = async (as: Client, path: string): Promise<void> => {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${as.key}` };
    const answer = await fetch(`${service.url}/api/v1${path}`, { headers, signal: leaving.signal });
    await answer.body!.getReader().read();
    leaving.abort();
  };
  const accesses = async (as: Client, query = ''): Promise<{ id: string; attributes: Record<string, unknown> }[]> =>
    (await as.get(`/audit/accesses?page[size]=100${query}`)).body.data;

  it('is told to the parties, and to nobody else', async () => {
    const path = `/connect/connections/${id}/events`;
    const read = await platformAuditor.get(path);
    expect(read.status).toBe(200);
    await platformAuditor.get(`/connect/connections/${otherId}/events`);
    const [newest] = await accesses(service.platform, '&filter[kind]=history');
    expect(newest?.attributes).toMatchObject({ 'subject-id': otherId });
    for (const party of [source, destination]) {
      const told = await accesses(party);
      expect(told.map(({ attributes }) => attributes['subject-id'])).toEqual([id]);
      expect(told[0]?.attributes).toEqual({
        kind: 'history',
        'credential-id': expect.stringMatching(/^api_/),
        'organization-id': null,
        role: 'platform-auditor',
        'subject-type': 'connection',
        'subject-id': id,
        'accessed-at': expect.any(String),
        'request-id': read.headers.get('request-id'),
        request: `GET /api/v1${path}`,
        outcome: 'given',
        items: 1,
        'ended-at': null,
      });
    }
  });

  it('is recorded of share checks about the past, whichever way they are asked, and of no others', async () => {
    const { demo } = service;
    const pair = {
      'source-organization-id': demo.source['organization-id'],
      'destination-organization-id': demo.destination['organization-id'],
      scopes: ['inquiry.read'],
    };
    const past = { ...pair, 'as-of': new Date().toISOString() };
    const check = async (as: Client, ...questions: object[]): Promise<number> => {
      const data = questions.map((attributes) => ({ attributes }));
      return (await as.post('/connect/share-checks', { body: { data: data.length === 1 ? data[0] : data } })).status;
    };
    const before = await accesses(service.platform);
    expect(await check(platformAuditor, pair)).toBe(200);
    expect(await check(source, past)).toBe(200);
    expect(await accesses(service.platform)).toEqual(before);
    expect(await check(platformAuditor, past)).toBe(200);
    expect(await check(platformAuditor, pair, { ...pair, revision: 0 }, { ...pair, revision: 999 })).toBe(200);
    expect(await check(platformAuditor, pair, { ...pair, revision: 999 }, { ...pair, 'as-of': 'once' })).toBe(200);
    const given = { kind: 'time-travel', request: 'POST /api/v1/connect/share-checks' };
    const newest = async (as: Client, many: number) =>
      (await accesses(as)).slice(0, many).map(({ attributes }) => attributes);
    expect(await newest(service.platform, 2)).toMatchObject([
      { ...given, 'subject-type': 'connection', 'subject-id': id, items: 1 },
      { ...given, 'subject-type': 'connection', 'subject-id': id, items: null },
    ]);

    // Of several connections, each party is told of its own alone.
    const { attributes: other } = (await service.platform.get(`/connect/connections/${otherId}`)).body.data;
    const otherPair = { ...pair, 'source-organization-id': other['source-organization-id'], 'destination-organization-id': other['destination-organization-id'] }; // prettier-ignore
    const none = { ...past, 'source-organization-id': pair['destination-organization-id'], 'destination-organization-id': pair['source-organization-id'] }; // prettier-ignore
    expect(await check(platformAuditor, past, { ...otherPair, revision: 0 }, { ...pair, revision: 0 })).toBe(200);
    const apart = (await newest(service.platform, 2)).sort((one, two) => Number(one['items']) - Number(two['items']));
    expect(apart).toMatchObject([
      { ...given, 'subject-id': otherId, items: 1 },
      { ...given, 'subject-id': id, items: 2 },
    ]);
    expect((await accesses(source)).map(({ attributes }) => attributes['subject-id'])).not.toContain(otherId);
    expect(await check(platformAuditor, none)).toBe(200);
    expect(await newest(source, 1)).toMatchObject([{ ...given, 'subject-type': 'everything', items: null }]);
  });

  it('is recorded of what auditors and the platform read, and of the past alone', async () => {
    const auditorOfDestination = new Client(service.url, await keyFor(destination, 'auditor'));
    const before = await accesses(source);
    for (const quiet of [source, destination]) await quiet.get(`/connect/connections/${id}/events`);
    await platformAuditor.get(`/connect/connections/${id}`);
    await platformAuditor.get('/connect/connections');
    await platformAuditor.get(`/connect/connections/${id}?revision=9`);
    expect(await accesses(source)).toEqual(before);

    await auditorOfDestination.get(`/connect/connections/${id}?revision=0`);
    await service.platform.get(`/connect/connections/${id}?asOf=${new Date().toISOString()}`);
    await platformAuditor.get(`/connect/connections/${id}/diff?from=0`);
    await platformAuditor.get(`/connect/connections?as_of=${new Date().toISOString()}&page[size]=1`);
    const added = (await accesses(source)).slice(0, -before.length).map(({ attributes }) => attributes);
    expect(added).toMatchObject([
      { kind: 'time-travel', role: 'platform-auditor', 'subject-type': 'everything', items: 1 },
      { kind: 'diff', role: 'platform-auditor', 'subject-id': id, items: null },
      { kind: 'time-travel', role: 'platform-admin', 'organization-id': null, items: null },
      { kind: 'time-travel', role: 'auditor', 'organization-id': service.demo.destination['organization-id'] },
    ]);
    // A stranger's question finds nothing, so it has looked at nothing.
    const stranger = new Client(service.url, await keyFor(source, 'auditor'));
    expect((await stranger.get(`/connect/connections/${otherId}/events`)).status).toBe(404);
    expect(await accesses(source)).toHaveLength(before.length + 4);
    expect((await accesses(auditorOfDestination)).length).toBe(before.length + 4);
  });

  it('is recorded with all that was asked for, however much stands before it', async () => {
    const padding = `filter[status]=${Array.from({ length: 400 }, () => 'inactive').join()}`;
    const query = `${padding}&filter[search]=${id}&as-of=${new Date().toISOString()}`;
    expect((await platformAuditor.get(`/connect/connections?${query}`)).status).toBe(200);
    const [newest] = await accesses(service.platform);
    expect(newest?.attributes).toMatchObject({ request: `GET /api/v1/connect/connections?${query}` });
  });

  it('is recorded of feeds, by the page and live', async () => {
    const before = await accesses(service.platform);
    for (const feed of ['/connect/events?page[size]=1', '/connect/events/stream']) {
      for (const reader of [source, platformAuditor]) await begin(reader, feed);
    }
    const ended = async () =>
      (await accesses(service.platform)).slice(0, -before.length).map(({ attributes }) => attributes);
    await until('the end of what was live is recorded', async () => (await ended())[0]?.['ended-at'] !== null);
    const access = { kind: 'history', role: 'platform-auditor', 'subject-type': 'everything' };
    expect(await ended()).toMatchObject([
      { ...access, outcome: 'broken-off', items: 0, request: 'GET /api/v1/connect/events/stream' },
      { ...access, outcome: 'given', items: 1, request: 'GET /api/v1/connect/events?page[size]=1' },
    ]);
  });

  it('is recorded of what is live with how much was given', async () => {
    const { data, meta } = (await platformAuditor.get('/connect/events?page[size]=1')).body;
    const later = (await platformAuditor.get(`/connect/events?page[size]=100&page[after]=${meta.cursor}`)).body.data;
    expect([data.length, later.length > 1]).toEqual([1, true]);
    const leaving = new AbortController();
    const answer = await fetch(`${service.url}/api/v1/connect/events/stream`, {
      headers: { authorization: `Bearer ${platformAuditor.key}`, 'last-event-id': meta.cursor },
      signal: leaving.signal,
    });
    let text = '';
    for await (const bytes of answer.body!.values({ preventCancel: true })) {
      text += Buffer.from(bytes).toString();
      if (later.every(({ id: event }: { id: string }) => text.includes(`"id":"${event}"`))) break;
    }
    leaving.abort();
    await until(
      'its end is recorded',
      async () => (await accesses(service.platform))[0]?.attributes['ended-at'] !== null,
    );
    const [newest] = await accesses(service.platform);
    expect(newest?.attributes).toMatchObject({ outcome: 'broken-off', items: later.length });
  });

  it('is not given where it cannot be recorded, nor is anything that tells of it', async () => {
    const stores = await storesOf(service.folder);
    const renamed = (from: string, to: string): Promise<unknown> =>
      stores.database.writer.schema.alterTable(from).renameTo(to).execute();
    await renamed('accesses', 'others');
    try {
      for (const [path, told] of [
        [`/connect/connections/${id}?revision=0`, 'etag'],
        ['/audit/export', 'content-disposition'],
        ['/audit/export?format=csv', 'etag'],
        ['/connect/events/stream', 'x-accel-buffering'],
      ] as const) {
        const refused = await platformAuditor.get(path, { headers: { range: 'bytes=1-' } });
        expect(refused).toMatchObject({ status: 503, body: { errors: [{ code: 'unavailable' }] } });
        expect(refused.headers.get('content-type')).toMatch(/^application\/json/);
        for (const header of [told, 'content-range', 'accept-ranges']) expect(refused.headers.has(header)).toBe(false);
      }
    } finally {
      await renamed('others', 'accesses');
      await closeStores(stores);
    }
  });

  it('is recorded of proofs, whose checkpoints say nothing of anybody', async () => {
    const before = await accesses(source);
    for (const path of ['checkpoints', 'keys']) expect((await platformAuditor.get(`/audit/${path}`)).status).toBe(200);
    expect((await platformAuditor.get(`/connect/connections/${id}/events/0/proof`)).status).toBe(200);
    const [added, ...rest] = await accesses(source);
    expect(added?.attributes).toMatchObject({ kind: 'proof', 'subject-id': id, outcome: 'given', items: null });
    expect(rest).toEqual(before);
  });

  it.each(['connection-id', 'connectionId', 'connection_id'])('is of what an export gives: %s', async (parameter) => {
    const before = await accesses(source);
    expect((await platformAuditor.get(`/audit/export?${parameter}=${otherId}`)).status).toBe(200);
    const [newest] = await accesses(service.platform);
    expect(newest?.attributes).toMatchObject({ 'subject-type': 'connection', 'subject-id': otherId });
    expect(await accesses(source)).toEqual(before);
  });

  it('is not told to members', async () => {
    const member = new Client(service.url, await keyFor(source, 'member'));
    const { status, body } = await member.get('/audit/accesses');
    expect({ status, code: body.errors[0].code }).toEqual({ status: 403, code: 'not-permitted' });
  });

  it('is listed a page at a time, by kind, credential and time', async () => {
    const all = await accesses(service.platform);
    const paged = [];
    for (let path: string | null = '/audit/accesses?page[size]=2'; path !== null;) {
      const { body } = await service.platform.get(path);
      paged.push(...body.data);
      path = body.links.next;
    }
    expect(paged).toEqual(all);
    const { 'credential-id': credential, 'accessed-at': at } = all[1]!.attributes as Record<string, string>;
    expect(await accesses(service.platform, `&filter[credential-id]=${credential}&filter[accessed-at-start]=${at}&filter[accessed-at-end]=${at}`)).toEqual([all[1]]); // prettier-ignore
    const histories = await accesses(service.platform, '&filter[kind]=history');
    expect(histories).toEqual(all.filter(({ attributes }) => attributes['kind'] === 'history'));
    expect((await service.platform.get('/audit/accesses?filter[kind]=gossip')).status).toBe(400);
  });

  it('is told to the operator', async () => {
    const cli = new CommandLine(service.folder);
    const all = await accesses(service.platform);
    expect((await cli.ask('audit', 'accesses', '--limit', '100')).data).toEqual(all);
    const page = await cli.ask('audit', 'accesses', '--limit', '1');
    expect(page).toEqual({ data: [all[0]], meta: { next: all[0]?.id } });
    const next = await cli.ask('audit', 'accesses', '--limit', '1', '--after', page.meta.next);
    expect(next.data).toEqual([all[1]]);
    const histories = await cli.run('audit', 'accesses', '--kind', 'history');
    expect(histories.stdout).toMatch(/^WHEN +WHO +ORGANIZATION +ROLE +KIND +OF +OUTCOME +ITEMS +REQUEST\n/);
    expect(histories.stdout).toMatch(/api_\w+ +- +platform-auditor +history +cxn_\w+ +given +1 +GET \/api\/v1\//);
    expect((await cli.run('audit', 'accesses', '--after', 'acs_0')).exitCode).toBe(1);
    const credential = all[0]!.attributes['credential-id'] as string;
    const byOne = await cli.ask('audit', 'accesses', '--limit', '100', '--credential', credential);
    expect(byOne.data).toEqual(all.filter(({ attributes }) => attributes['credential-id'] === credential));
    expect((await cli.ask('audit', 'accesses', '--credential', 'usr_ABC123')).data).toEqual([]);
    expect((await cli.run('audit', 'accesses', '--credential', 'cxn_ABC123')).exitCode).toBe(2);
  });
});
