import { connect } from 'node:net';
import { type Answer, Client, newKey, newOrganization, newPair, type Pair, positionOf } from '../support/client';
import { type Listening, listen } from '../support/event-stream';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const FEED = '/connect/events';
const STEPS = 160;
const TO_AND_FRO = ['deactivate', 'reactivate'] as const;

describe('the feed of all connections of an organization', () => {
  const folder = temporaryFolder();
  let service: RunningService;
  let platform: Client;
  let pair: Pair;
  let port: string | undefined;
  const open: Listening[] = [];
  const start = async (): Promise<void> => {
    service = await startService(folder.path, port === undefined ? {} : { PORT: port });
    ({ port } = new URL(service.demo.url));
    platform = new Client(service.demo.url, service.demo.platform.key);
  };
  beforeAll(start);
  beforeEach(async () => {
    pair = await newPair(platform);
  });
  afterEach(() => open.splice(0).forEach((listening) => listening.close()));
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  const follow = async (key: string, lastEventId?: string): Promise<Listening> => {
    const listening = listen(service.demo.url, key, lastEventId);
    open.push(listening);
    await listening.began;
    return listening;
  };
  const lived = async ({ source, destination }: Pair): Promise<{ id: string; last: Answer }> => {
    const created = await source.client.create(destination.id, { name: 'Followed' });
    const id = created.body.data.id as string;
    await destination.client.step(id, 'activate');
    const last = await destination.client.step(id, 'deactivate', { reason: 'Under review.' });
    return { id, last };
  };
  const revisionsIn = (answer: Answer): number[] =>
    (answer.body.data as { attributes: { revision: number } }[]).map(({ attributes }) => attributes.revision);

  it('tells both parties the same, in the order of the log and as the history has it, and strangers nothing', async () => {
    const { id, last } = await lived(pair);
    const [asSource, asDestination] = await Promise.all(
      [pair.source, pair.destination].map(({ client }) => client.get(FEED, { headers: positionOf(last) })),
    );
    expect(asSource!.status).toBe(200);
    expect(asSource!.body.data).toEqual(await pair.source.client.history(id));
    expect(asDestination!.body).toEqual(asSource!.body);
    const stranger = await newOrganization(platform, 'Stranger');
    const nothing = await stranger.client.get(FEED, { headers: positionOf(last) });
    expect(nothing.body.data).toEqual([]);
    expect(nothing.body.links).toEqual({ next: null });
  });

  it('is read on from where it ended, while more is written', async () => {
    const { id, last } = await lived(pair);
    const first = await pair.source.client.get(`${FEED}?page[size]=2`, { headers: positionOf(last) });
    expect(revisionsIn(first)).toEqual([0, 1]);
    const rest = await pair.source.client.get(first.body.links.next as string);
    expect(revisionsIn(rest)).toEqual([2]);
    expect(rest.body.links.next).toBeNull();
    const more = await pair.source.client.step(id, 'reactivate');
    const news = await pair.source.client.get(`${FEED}?page[after]=${rest.body.meta.cursor}`, {
      headers: positionOf(more),
    });
    expect(revisionsIn(news)).toEqual([3]);
  });

  it('refuses what is no cursor of it', async () => {
    const list = await pair.source.client.get(`${FEED}?page[after]=nonsense`);
    expect([list.status, list.body.errors[0].code]).toEqual([400, 'invalid-cursor']);
    const stream = await pair.source.client.get(`${FEED}/stream`, { headers: { 'last-event-id': 'nonsense' } });
    expect([stream.status, stream.body.errors[0].code]).toEqual([400, 'invalid-header']);
    const unknown = await pair.source.client.get(`${FEED}/stream?since=yesterday`);
    expect([unknown.status, unknown.body.errors[0].code]).toEqual([400, 'unknown-parameter']);
    const nobody = await new Client(service.demo.url, null).get(`${FEED}/stream`);
    expect(nobody.status).toBe(401);
  });

  it('reaches who listens, as it happens, and nobody else', async () => {
    const stranger = await newOrganization(platform, 'Stranger');
    const [partner, other] = await Promise.all([follow(pair.destination.key), follow(stranger.key)]);
    const { id } = await lived(pair);
    const messages = await partner.came(3);
    expect(messages.map(({ data }) => data)).toEqual(await pair.destination.client.history(id));
    // What the stranger is told now comes behind what it was not told.
    const own = await stranger.client.create(pair.source.id);
    const [told] = await other.came(1);
    expect(told!.data.attributes['connection-id']).toBe(own.body.data.id);
    expect(other.messages).toHaveLength(1);
  });

  it('has neither gap nor repeat for who comes back, also after the service was killed', async () => {
    const listening = await follow(pair.source.key);
    const { id } = await lived(pair);
    const [first] = await listening.came(3);
    await service.kill();
    await start();
    // It comes back by itself, and so does one that knows no more than the first.
    const again = await follow(pair.source.key, first!.id);
    await pair.source.client.step(id, 'reactivate');
    expect((await listening.came(4)).map(({ data }) => data.attributes.revision)).toEqual([0, 1, 2, 3]);
    expect((await again.came(3)).map(({ data }) => data.attributes.revision)).toEqual([1, 2, 3]);
  });

  it('tells everything once, whoever writes meanwhile', async () => {
    const listening = await follow(pair.source.key);
    const partners = await Promise.all(Array.from({ length: 10 }, (_, at) => newOrganization(platform, `P${at}`)));
    const created = await Promise.all(partners.map((partner) => pair.source.client.create(partner.id)));
    const ids = created.map(({ body }) => body.data.id as string);
    await Promise.all(ids.map((id, at) => partners[at]!.client.step(id, 'activate')));
    const messages = await listening.came(20);
    const keys = messages.map(({ data }) => data.id as string);
    expect(new Set(keys)).toEqual(new Set(ids.flatMap((id) => [`${id}@0`, `${id}@1`])));
    const positions = messages.map(({ data }) => data.attributes.position as string);
    expect([...positions].sort()).toEqual(positions);
  });

  it('ends with the key that opened it', async () => {
    const { id, key } = await newKey(platform, pair.source.id, 'member');
    const listening = await follow(key);
    expect((await pair.source.client.post(`/api-keys/${id}/revoke`)).status).toBe(200);
    expect(await listening.refused).toBe(401);
  });

  it('tells nothing that happens once its key was revoked', async () => {
    const { id, key } = await newKey(platform, pair.source.id, 'member');
    const [listening, witness] = await Promise.all([follow(key), follow(pair.source.key)]);
    await pair.source.client.post(`/api-keys/${id}/revoke`);
    await lived(pair);
    await witness.came(3);
    expect(await listening.refused).toBe(401);
    expect(listening.messages).toEqual([]);
  });

  it('ends with the key that opened it, even of a client that does not read', async () => {
    const { id, key } = await newKey(platform, pair.source.id, 'member');
    const client = connect(Number(port), '127.0.0.1').pause();
    client.on('error', () => undefined);
    client.write(`GET /api/v1${FEED}/stream HTTP/1.1\r\nhost: here\r\nauthorization: Bearer ${key}\r\n\r\n`);
    try {
      // More than the system keeps for one who does not read: 4 MB (net.ipv4.tcp_wmem).
      const partners = await Promise.all(Array.from({ length: 20 }, (_, at) => newOrganization(platform, `P${at}`)));
      const reason = 'Under review. '.repeat(30);
      await Promise.all(
        partners.map(async (partner) => {
          const { body } = await pair.source.client.create(partner.id);
          for (let step = 0; step < STEPS; step += 1) {
            const taken = await pair.source.client.step(body.data.id as string, TO_AND_FRO[step % 2]!, { reason });
            expect(taken.status).toBe(200);
          }
        }),
      );
      expect((await pair.source.client.post(`/api-keys/${id}/revoke`)).status).toBe(200);
      await until('the service has let go of it', () => {
        // What is written to nobody is answered by the system; to the service, an empty line is nothing.
        client.write('\r\n');
        return client.destroyed;
      });
    } finally {
      client.destroy();
    }
  });

  it('has its keys in the casing that is asked for', async () => {
    const { last } = await lived(pair);
    const headers = { ...positionOf(last), 'key-inflection': 'camel' };
    const feed = await pair.source.client.get(FEED, { headers });
    expect(feed.body.data[0].attributes.occurredAt).toEqual(expect.any(String));
  });

  it('holds up nobody who ends the service', async () => {
    await follow(pair.source.key);
    const stopped = service.stop();
    await stopped;
    expect(service.process.exitCode).toBe(0);
    expect(service.log()).not.toContain('broken off');
    await start();
  });
});
