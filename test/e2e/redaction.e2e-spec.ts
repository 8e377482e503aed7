import { randomUUID } from 'node:crypto';
import { connectionIdOf, streamOf } from '@connections/connection/connection-id';
import { chained, expectedHash, hashOf } from '@connections/event-store/hash-chain';
import { closeStores } from '@connections/host/stores';
import type { Client } from '../support/client';
import { type Answer, type HistoryEntry, newKey, newPair, type Pair } from '../support/client';
import { CommandLine } from '../support/command-line';
import { storesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';

describe('what was written about a connection', () => {
  const service = new TestedService();

  let pair: Pair;
  let id: string;
  let before: HistoryEntry[];
  /** Created with a name, then deactivated by the destination and reactivated by the source, each with a reason. */
  beforeEach(async () => {
    pair = await newPair(service.platform);
    id = (await pair.source.client.create(pair.destination.id, { name: 'Jane Doe’s trial' })).body.data.id as string;
    await pair.destination.client.step(id, 'deactivate', { reason: 'Jane Doe has left.' });
    const last = await pair.source.client.step(id, 'reactivate', { reason: 'John Doe is here.' });
    await service.platform.retrieve(id, last);
    before = await service.platform.history(id);
  });

  const redact = (client: Client, revision: number | string, headers = {}, query = '', of = id): Promise<Answer> =>
    client.post(`/connect/connections/${of}/events/${revision}/redact${query}`, { headers });
  const told = (answer: Answer): unknown => [answer.status, answer.body.errors?.[0]?.code];
  const written = async (client: Client): Promise<unknown[]> =>
    (await client.history(id)).map(({ attributes }) => [attributes.event, attributes.reason, attributes.redacted]);

  it('is taken away by who wrote it, and the hash of every event stays what it was', async () => {
    const { source, destination } = pair;
    const answer = await redact(destination.client, 1);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({ id, attributes: { status: 'pending', name: 'Jane Doe’s trial' } });
    expect(answer.headers.get('etag')).toBe('"3"');
    for (const client of [source.client, destination.client, service.platform]) {
      expect(await written(client)).toEqual([
        ['ConnectionCreated', null, false],
        ['ConnectionDeactivated', null, true],
        ['ConnectionReturnedToPending', 'John Doe is here.', false],
        ['ConnectionTextRedacted', null, false],
      ]);
    }
    const after = await source.client.history(id);
    expect(after[3]?.attributes).toMatchObject({
      'redacted-revision': 1,
      'from-status': 'pending',
      'to-status': 'pending',
      actor: { type: 'api-key', 'organization-id': destination.id, role: 'destination' },
      summary: expect.stringContaining('redacted what was written with revision 1') as string,
    });
    expect(after.slice(0, 3).map(({ attributes }) => [attributes.hash, attributes['redacted-revision']])).toEqual(
      before.map(({ attributes }) => [attributes.hash, null]),
    );
    const stores = await storesOf(service.folder);
    try {
      for await (const event of stores.eventStore.read(streamOf(id))) {
        expect([event.revision, hashOf(event)]).toEqual([event.revision, expectedHash(event)]);
        expect(JSON.stringify(event)).not.toMatch(/Doe/);
      }
      expect(
        await stores.database.reader.selectFrom('texts').select('text').where('text', 'like', '%left%').execute(),
      ).toEqual([]);
    } finally {
      await closeStores(stores);
    }
  });

  it('is a name no more, alone or in lists, past or present', async () => {
    const { source, destination } = pair;
    const answer = await redact(source.client, 0);
    expect(answer.body.data.attributes.name).toBeNull();
    const shown = await destination.client.retrieve(id, answer);
    expect(shown.body.data.attributes.name).toBeNull();
    const page = (query: string): Promise<Answer> =>
      source.client.get(`/connect/connections${query}`, {
        headers: { 'connect-position': answer.headers.get('connect-position') ?? '' },
      });
    expect((await page('')).body.data).toMatchObject([{ id, attributes: { name: null } }]);
    expect((await page('?filter[name]=jane')).body.data).toEqual([]);
    const then = await source.client.get(`/connect/connections/${id}?revision=0`);
    expect(then.body.data.attributes).toMatchObject({ name: null, status: 'pending' });
    expect((await written(source.client))[0]).toEqual(['ConnectionCreated', null, true]);
  });

  it('is taken away by the operator, over HTTP and by the command line', async () => {
    expect((await redact(service.platform, 0)).status).toBe(200);
    const cli = new CommandLine(service.folder);
    const shown = await cli.run('connection', 'redact', id, '--revision', '2');
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is redacted') as string });
    const history = await pair.source.client.history(id);
    expect(history.slice(3).map(({ attributes }) => [attributes['redacted-revision'], attributes.actor])).toEqual([
      [0, { type: 'api-key', id: expect.any(String) as string, 'organization-id': null, role: 'platform' }],
      [2, { type: 'system', id: 'cli', 'organization-id': null, role: 'platform' }],
    ]);
    expect(history.map(({ attributes }) => attributes.redacted as boolean)).toEqual([true, false, true, false, false]);
    const again = await cli.run('connection', 'redact', id, '--revision', '9', '--json');
    expect(again.exitCode).toBe(1);
    expect(JSON.parse(again.stderr).errors).toMatchObject([{ code: 'not-then' }]);
  });

  it('stays for everybody else, who is told why, and a stranger nothing', async () => {
    const { source, destination } = pair;
    const member = await newKey(service.platform, source.id, 'member');
    const auditor = await newKey(service.platform, null, 'platform-auditor');
    const { source: stranger } = await newPair(service.platform);
    const nobodys = connectionIdOf(destination.id, source.id);
    for (const { client } of [member, auditor]) expect(told(await redact(client, 0))).toEqual([403, 'not-permitted']);
    const foreign = await redact(destination.client, 0);
    expect(told(foreign)).toEqual([403, 'not-permitted']);
    expect(foreign.body.errors[0].meta).toEqual({ 'permitted-roles': ['source'], role: 'destination' });
    const unseen = [await redact(stranger.client, 0), await redact(stranger.client, 0, {}, '', nobodys)];
    expect(unseen.map(told)).toEqual([
      [404, 'not-found'],
      [404, 'not-found'],
    ]);
    expect(unseen[0]?.text).toBe(unseen[1]?.text);
    expect(await service.platform.history(id)).toEqual(before);
  });

  it('is asked for by the revision of its event', async () => {
    const { source } = pair;
    const activated = await pair.destination.client.step(id, 'activate');
    expect(activated.status).toBe(200);
    expect(told(await redact(pair.destination.client, 3))).toEqual([422, 'no-text']);
    expect(told(await redact(source.client, 4))).toEqual([404, 'not-then']);
    for (const revision of ['-1', '01', 'x', '1e3', '99999999999999999999']) {
      expect(told(await redact(source.client, revision))).toEqual([400, 'invalid-parameter']);
    }
  });

  it('is taken away once, however often it is asked for', async () => {
    const { source } = pair;
    const headers = { 'idempotency-key': randomUUID() };
    const first = await redact(source.client, 0, headers);
    const replayed = await redact(source.client, 0, headers);
    expect([replayed.text, replayed.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
    expect(told(await redact(source.client, 2, headers))).toEqual([422, 'idempotency-mismatch']);
    const again = await redact(source.client, 0);
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"3"']);
    expect(await source.client.history(id)).toHaveLength(4);
  });

  it('stays where it is only tried, or decided upon what has changed', async () => {
    const { source } = pair;
    const tried = await redact(source.client, 0, {}, '?dry-run=true');
    expect(tried.body.data.meta).toMatchObject({ 'dry-run': true });
    expect(told(await redact(source.client, 0, { 'if-match': '"1"' }))).toEqual([412, 'stale-revision']);
    expect(await service.platform.history(id)).toEqual(before);
    expect((await redact(source.client, 0, { 'if-match': '"2"' })).status).toBe(200);
  });

  it('stays for ever where the log itself holds it', async () => {
    const { source, destination } = pair;
    const old = connectionIdOf(destination.id, source.id);
    const event = {
      id: randomUUID(),
      type: 'ConnectionCreated',
      data: {
        'connection-id': old,
        'source-organization-id': destination.id,
        'destination-organization-id': source.id,
        name: 'In the clear',
        scopes: ['inquiry.read'],
      },
      metadata: {
        'schema-version': 1,
        actor: { type: 'api-key', id: 'api_1', 'organization-id': destination.id, role: 'source' },
        'occurred-at': new Date().toISOString(),
        'request-id': 'req_1',
        'correlation-id': 'req_1',
        'causation-id': 'req_1',
        'idempotency-key': null,
      },
    };
    const stores = await storesOf(service.folder);
    const { position } = await stores.eventStore.append(streamOf(old), -1, [chained(event, streamOf(old), 0, null)]);
    await closeStores(stores);
    expect(told(await redact(destination.client, 0, {}, '', old))).toEqual([422, 'text-in-log']);
    const shown = await source.client.get(`/connect/connections/${old}`, { headers: { 'connect-position': position } });
    expect(shown.body.data.attributes.name).toBe('In the clear');
  });
});
