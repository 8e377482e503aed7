import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { createAuthority } from '../../../../test/support/eventstoredb/certificates';
import {
  type EventStoreDb,
  type EventStoreDbOptions,
  startEventStoreDb,
} from '../../../../test/support/eventstoredb/server';
import { temporaryFolder, type TemporaryFolder } from '../../../../test/support/temporary-folder';
import { NO_STREAM, START } from '../event-store';
import { all, event, events, follow, newStream } from '../testing/event-store.contract';
import { UnusableEventStore } from './errors';
import { EventStoreDbEventStore } from './eventstoredb-event-store';
import { impatient, until } from './testing/impatient';

const servers: EventStoreDb[] = [];
const stores: EventStoreDbEventStore[] = [];
let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const server of servers.splice(0)) await server.close();
  folder.remove();
});

async function launch(options: EventStoreDbOptions): Promise<EventStoreDb> {
  const server = await startEventStoreDb(options);
  servers.push(server);
  return server;
}

function open(url: string, options: object = {}): EventStoreDbEventStore {
  const store = new EventStoreDbEventStore({ ...impatient, url, ...options });
  stores.push(store);
  return store;
}

/** The error of each kind of call. */
async function refusals(store: EventStoreDbEventStore): Promise<unknown[]> {
  const following = store.subscribe({ after: START })[Symbol.asyncIterator]();
  return Promise.all([
    store.append(newStream(), NO_STREAM, [event()]).catch((error: unknown) => error),
    all(store.read(newStream())).catch((error: unknown) => error),
    store.head().catch((error: unknown) => error),
    following.next().catch((error: unknown) => error),
  ]);
}

async function isRefused(store: EventStoreDbEventStore, advice: string): Promise<void> {
  for (const refusal of await refusals(store)) {
    expect(refusal).toBeInstanceOf(UnusableEventStore);
    expect(refusal).toMatchObject({ message: expect.stringContaining(advice) });
    expect(refusal).toMatchObject({ message: expect.not.stringContaining('\n') });
  }
}

async function serves(store: EventStoreDbEventStore): Promise<void> {
  const stream = newStream();
  const { position } = await store.append(stream, NO_STREAM, events(2));
  expect(await all(store.read(stream))).toHaveLength(2);
  expect(await follow(store, { after: START, streams: [stream], count: 2 })).toHaveLength(2);
  expect(await store.head()).toBe(position);
}

describe.each([
  ['takes batches', true],
  ['takes no batches', false],
])('at a server that %s', (_, batchAppend) => {
  const start = (options: EventStoreDbOptions = {}): Promise<EventStoreDb> => launch({ ...options, batchAppend });

  describe('TLS', () => {
    const authority = createAuthority('ours');
    const trusting = (certificate: string): string => {
      const path = join(folder.path, 'authority.pem');
      writeFileSync(path, certificate);
      return `&tlsCAFile=${encodeURIComponent(path)}`;
    };

    it('works with the certificate of the authority', async () => {
      const server = await start({ tls: authority.issue(['localhost']) });
      await serves(open(server.connectionString + trusting(authority.certificate)));
    });

    it('that is not trusted says how to trust it', async () => {
      const server = await start({ tls: authority.issue(['localhost']) });
      await isRefused(open(server.connectionString), 'tlsCAFile=<path>');
      const other = createAuthority('another').certificate;
      await isRefused(open(server.connectionString + trusting(other)), 'tlsCAFile=<path>');
    });

    it('for another host says so', async () => {
      const server = await start({ tls: authority.issue(['elsewhere.example']) });
      const url = server.connectionString + trusting(authority.certificate);
      await isRefused(open(url), 'its certificate is not for this host');
    });

    it('with a server that does not speak it says so', async () => {
      const server = await start();
      const url = server.connectionString.replace('tls=false', 'tls=true');
      await isRefused(open(url), 'it does not speak TLS');
    });
  });

  it('a server that wants TLS and is not offered it is said to want it', async () => {
    const server = await start({ tls: createAuthority('ours').issue(['localhost']) });
    const url = server.connectionString.replace('tls=true', 'tls=false');
    const store = open(url, { giveUpAfter: 100 });
    await expect(store.append(newStream(), NO_STREAM, [event()])).rejects.toThrow(/put tls=true into the URL/);
  });

  describe('credentials', () => {
    const authority = createAuthority('ours');
    const startWith = async (user: string): Promise<string> => {
      const credentials = { username: 'service', password: 'p:ss' };
      const { port } = await start({ tls: authority.issue(['localhost']), credentials });
      const path = join(folder.path, 'authority.pem');
      writeFileSync(path, authority.certificate);
      return `esdb://${user}localhost:${port}?tls=true&tlsCAFile=${path}`;
    };

    it('that are right are taken', async () => serves(open(await startWith('service:p%3Ass@'))));

    it('that are wrong are named, though not shown', async () => {
      const store = open(await startWith('service:wrong-one@'));
      await isRefused(store, 'does not accept the credentials');
      for (const refusal of await refusals(store)) expect(String(refusal)).not.toContain('wrong-one');
    });

    it('that are missing are asked for', async () => isRefused(open(await startWith('')), 'does not grant the rights'));
  });

  it('a host that has no name is said to be unknown', async () => {
    const store = open('esdb://nowhere.invalid:2113?tls=false', { giveUpAfter: 100 });
    await expect(store.append(newStream(), NO_STREAM, [event()])).rejects.toThrow(
      /Name resolution failed.*nowhere\.invalid.*nothing was written/,
    );
  });

  it('a server of another kind is said to be one', async () => {
    const server = await start();
    const store = open(server.connectionString);
    for (const kind of ['append', 'batchAppend', 'read', 'subscribe'] as const) {
      server.faults.on(kind, { kind: 'error', code: status.UNIMPLEMENTED });
    }
    await isRefused(store, 'must lead to EventStoreDB or KurrentDB');
  });

  describe('in a cluster', () => {
    const members = async (): Promise<[EventStoreDb, EventStoreDb]> => {
      const [follower, leader] = [await start(), await start()];
      const both = [
        { host: '127.0.0.1', port: follower.port, state: 'follower' },
        { host: '127.0.0.1', port: leader.port, state: 'leader' },
      ] as const;
      follower.joinCluster(both);
      leader.joinCluster(both);
      return [follower, leader];
    };

    it('a follower sends every call on to the leader', async () => {
      const [follower, leader] = await members();
      await serves(open(follower.connectionString));
      expect(leader.log()).toHaveLength(2);
      expect(follower.log()).toHaveLength(0);
    });

    it('the leader is found among several hosts', async () => {
      const [follower, leader] = await members();
      await serves(open(`esdb://127.0.0.1:${follower.port},127.0.0.1:${leader.port}?tls=false`));
      expect(leader.log()).toHaveLength(2);
      expect(follower.calls).toMatchObject({ append: 0, batchAppend: 0, read: 0, subscribe: 0 });
    });

    it('the leader is found by discovery', async () => {
      const [follower, leader] = await members();
      await serves(open(`esdb+discover://127.0.0.1:${follower.port}?tls=false`));
      expect(leader.log()).toHaveLength(2);
    });

    it('appends under way follow a change of the leader', async () => {
      const [follower, leader] = await members();
      leader.joinCluster([{ host: '127.0.0.1', port: leader.port, state: 'leader' }]);
      follower.joinCluster([{ host: '127.0.0.1', port: follower.port, state: 'leader' }]);
      const store = open(follower.connectionString);
      const streams = Array.from({ length: 30 }, newStream);
      await Promise.all(streams.slice(0, 10).map((stream) => store.append(stream, NO_STREAM, [event()])));
      follower.joinCluster([
        { host: '127.0.0.1', port: follower.port, state: 'follower' },
        { host: '127.0.0.1', port: leader.port, state: 'leader' },
      ]);
      follower.killConnections();
      await Promise.all(streams.slice(10).map((stream) => store.append(stream, NO_STREAM, [event()])));
      expect(follower.log()).toHaveLength(10);
      expect(leader.log()).toHaveLength(20);
    });

    it('nobody to be found says so, and is found later', async () => {
      const [follower, leader] = await members();
      await follower.stop();
      await leader.stop();
      const store = open(`esdb://127.0.0.1:${follower.port},127.0.0.1:${leader.port}?tls=false`);
      const appending = store.append(newStream(), NO_STREAM, [event()]);
      await until(() => store.counters.appendRetries > 0);
      await follower.restart();
      await leader.restart();
      expect((await appending).revision).toBe(0);
    });
  });
});
