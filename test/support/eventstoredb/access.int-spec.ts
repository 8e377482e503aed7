import { status } from '@grpc/grpc-js';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder';
import { createAuthority } from './certificates';
import { startEventStoreDb, type EventStoreDb, type EventStoreDbOptions } from './server';
import { Clients, numbered, numbersOf } from './testing';

const clients = new Clients();
const servers: EventStoreDb[] = [];

async function serve(options: EventStoreDbOptions = {}): Promise<EventStoreDb> {
  const server = await startEventStoreDb(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await clients.dispose();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('over TLS', () => {
  const folder = temporaryFolder();
  const authority = createAuthority('test authority');
  const caFile = join(folder.path, 'ca.pem');
  writeFileSync(caFile, authority.certificate);
  afterAll(() => folder.remove());

  const trusting = ({ connectionString }: { readonly connectionString: string }): EventStoreDBClient =>
    clients.open({ connectionString: `${connectionString}&tlsCAFile=${encodeURIComponent(caFile)}` });

  test('clients are served that trust the authority', async () => {
    const server = await serve({ tls: authority.issue(['localhost']) });
    const client = trusting(server);
    await client.appendToStream('a-1', numbered(1));
    expect(await numbersOf(client.readStream('a-1'))).toEqual([1]);
    await expect(clients.open(server).appendToStream('a-1', numbered(2))).rejects.toMatchObject({ code: 14 });
  });

  test.each([
    ['another authority', () => createAuthority('test authority').issue(['localhost'])],
    ['another host', () => authority.issue(['elsewhere'])],
  ])('a certificate of %s is not trusted', async (_whose, tls) => {
    const server = await serve({ tls: tls() });
    await expect(trusting(server).appendToStream('a-1', numbered(1))).rejects.toMatchObject({ code: 14 });
    expect(server.calls).toMatchObject({ serverFeatures: 0 });
  });

  describe.each([
    ['batched', true],
    ['one by one', false],
  ])('%s', (_name, batchAppend) => {
    test('the right user may do everything', async () => {
      const credentials = { username: 'ada', password: 'secret' };
      const client = trusting(await serve({ tls: authority.issue(['localhost']), credentials, batchAppend }));
      await client.appendToStream('a-1', numbered(1));
      expect(await numbersOf(client.readStream('a-1'))).toEqual([1]);
    });

    test('others may do nothing', async () => {
      const credentials = { username: 'ada', password: 'secret' };
      const server = await serve({ tls: authority.issue(['localhost']), credentials, batchAppend });
      const anonymous = trusting({
        connectionString: server.connectionString.replace('ada:secret@', ''),
      });
      const impostor = trusting({
        connectionString: server.connectionString.replace('secret', 'wrong'),
      });
      // Missing credentials fail one append of a batch; wrong ones end the whole call.
      const refused = { type: 'access-denied', code: batchAppend ? undefined : status.PERMISSION_DENIED };
      await expect(anonymous.appendToStream('a-1', numbered(1))).rejects.toMatchObject(refused);
      await expect(numbersOf(anonymous.readAll())).rejects.toMatchObject({ type: 'access-denied' });
      const unknown = { type: 'access-denied', code: status.UNAUTHENTICATED };
      await expect(impostor.appendToStream('a-1', numbered(1))).rejects.toMatchObject(unknown);
      await expect(numbersOf(impostor.readAll())).rejects.toMatchObject(unknown);
      expect(server.log()).toEqual([]);
    });
  });
});

describe('in a cluster', () => {
  async function serveCluster(): Promise<{ readonly leader: EventStoreDb; readonly follower: EventStoreDb }> {
    const [leader, follower] = [await serve(), await serve()];
    const members = [
      { host: '127.0.0.1', port: leader.port, state: 'leader' },
      { host: '127.0.0.1', port: follower.port, state: 'follower' },
    ] as const;
    for (const server of servers) server.joinCluster(members);
    return { leader, follower };
  }
  const discovering = (server: EventStoreDb): EventStoreDBClient =>
    clients.open({ connectionString: server.connectionString.replace('esdb:', 'esdb+discover:') });

  test('clients find the leader wherever they ask', async () => {
    const { leader, follower } = await serveCluster();
    // A client may choose any of its preferred members.
    for (let number = 1; number <= 6; number += 1) {
      await discovering(follower).appendToStream('a-1', numbered(number));
      expect(leader.log()).toHaveLength(number);
    }
    expect(follower.calls).toMatchObject({ gossip: 6, batchAppend: 0 });
  });

  test('a client finds another member when one has gone', async () => {
    const { leader, follower } = await serveCluster();
    await leader.stop();
    follower.joinCluster([
      { host: '127.0.0.1', port: leader.port, state: 'leader', isAlive: false },
      { host: '127.0.0.1', port: follower.port, state: 'follower' },
    ]);
    await discovering(follower).appendToStream('a-1', numbered(1));
    expect(follower.log()).toHaveLength(1);
  });

  test.each([true, false])('a follower sends what needs the leader there (batched: %s)', async (batched) => {
    const { leader, follower } = await serveCluster();
    const client = clients.open(follower);
    // Clients that have credentials for a call append without batches.
    const options = { requiresLeader: true, ...(batched ? {} : { credentials: { username: 'a', password: 'b' } }) };
    await expect(client.appendToStream('a-1', numbered(1), options)).rejects.toMatchObject({
      type: 'not-leader',
      leader: { address: '127.0.0.1', port: leader.port },
    });
    await client.appendToStream('a-1', numbered(1), options);
    expect(leader.log()).toHaveLength(1);
    await expect(numbersOf(clients.open(follower).readAll({ requiresLeader: true }))).rejects.toMatchObject({
      type: 'not-leader',
    });
  });

  test('a server that tells of itself alone is the leader', async () => {
    const server = await serve();
    await discovering(server).appendToStream('a-1', numbered(1));
    expect(server.calls).toMatchObject({ gossip: 1, batchAppend: 1 });
  });
});
