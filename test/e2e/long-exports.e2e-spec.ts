import { connect, type Socket } from 'node:net';
import { Client } from '../support/client';
import { seedLog } from '../support/seeded-log';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

/** Enough that their export exceeds what the system buffers on both sides for a client that does not read. */
const EVENTS = 20_000;

describe('an export that takes long', () => {
  const service = new TestedService(async (folder) => {
    await seedLog(folder, async (seeding) => {
      await seeding.history({ source: 'org_A', destination: 'org_B' }, EVENTS);
    });
    return {};
  });
  let platform: Client;
  const reading: Socket[] = [];
  beforeAll(async () => {
    ({ platform } = service);
    await until('there are exports', async () => (await platform.send('HEAD', '/audit/export', {})).status === 200);
  });
  afterEach(() => reading.splice(0).forEach((socket) => socket.destroy()));

  const keyOf = async (): Promise<{ id: string; key: string }> => {
    const { data } = (
      await platform.post('/api-keys', { body: { data: { attributes: { role: 'platform-auditor', name: 'Long' } } } })
    ).body;
    return { id: data.id, key: data.attributes.key };
  };
  /** Asks for an export and does not read it; settles once it is on the record. */
  const begin = async (key: string): Promise<Socket> => {
    const before = (await accesses()).length;
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1').pause();
    reading.push(socket);
    socket.on('error', () => undefined);
    socket.write(`GET /api/v1/audit/export HTTP/1.1\r\nhost: here\r\nauthorization: Bearer ${key}\r\n\r\n`);
    await until('it is on the record', async () => (await accesses()).length > before);
    return socket;
  };
  const accesses = async (): Promise<{ attributes: Record<string, unknown> }[]> =>
    (await platform.get('/audit/accesses?page[size]=100')).body.data;

  it('ends with the key that it is for, even where nobody reads, and is on the record as broken off', async () => {
    const { id, key } = await keyOf();
    const socket = await begin(key);
    expect((await platform.post(`/api-keys/${id}/revoke`)).status).toBe(200);
    await until('the service has let go of it', () => {
      // What is written to nobody is answered by the system; to the service, an empty line is nothing.
      socket.write('\r\n');
      return socket.destroyed;
    });
    const of = async () => (await accesses()).find(({ attributes }) => attributes['credential-id'] === id)?.attributes;
    await until('its end is recorded', async () => (await of())?.['ended-at'] !== null);
    expect(await of()).toMatchObject({ kind: 'export', outcome: 'broken-off' });
    expect(Number((await of())?.['items'])).toBeLessThan(EVENTS);
  });

  it('is one of five at most that a credential may have under way', async () => {
    const { key } = await keyOf();
    const sockets = [];
    for (let many = 0; many < 5; many += 1) sockets.push(await begin(key));
    const client = new Client(service.url, key);
    const refused = await client.get('/audit/export');
    expect(refused).toMatchObject({ status: 429, body: { errors: [{ code: 'rate-limited' }] } });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.headers.get('content-disposition')).toBeNull();
    expect((await platform.send('HEAD', '/audit/export', {})).status).toBe(200);
    sockets[0]!.destroy();
    await until('there is room', async () => (await client.send('HEAD', '/audit/export', {})).status === 200);
  });
});
