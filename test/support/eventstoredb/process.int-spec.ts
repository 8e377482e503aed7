import { status } from '@grpc/grpc-js';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder';
import { type EventStoreDbProcess, startEventStoreDbProcess } from './process';
import { Clients, Listener, numbered, numbersOf, range } from './testing';

const clients = new Clients();
const folder = temporaryFolder();
let server: EventStoreDbProcess;

beforeEach(async () => {
  server = await startEventStoreDbProcess({ dataFile: join(folder.path, 'log'), firstPosition: 2n ** 60n });
});
afterEach(async () => {
  await clients.dispose();
  await server.kill();
  rmSync(join(folder.path, 'log'));
});
afterAll(() => folder.remove());

test('serves, and does what it is asked', async () => {
  const client = clients.open(server);
  await client.appendToStream('a-1', range(1, 2));
  const [first] = await server.ask('log');
  expect(first).toMatchObject({ stream: 'a-1', commit: 2n ** 60n });
  await server.ask('writeSystemEvents', 3);
  expect(await server.ask('log')).toHaveLength(5);
  const lift = await server.fault('read', { kind: 'error', code: status.INTERNAL });
  await expect(numbersOf(client.readStream('a-1'))).rejects.toMatchObject({
    message: expect.stringContaining('INTERNAL'),
  });
  await lift();
  expect(await numbersOf(client.readStream('a-1'))).toEqual([1, 2]);
  expect(await server.ask('calls')).toMatchObject({ batchAppend: 1, read: 2 });
});

test('keeps what it acknowledged when it is killed', async () => {
  const events = range(1, 3);
  const client = clients.open(server);
  const answer = await client.appendToStream('a-1', events, { expectedRevision: 'no_stream' });
  await client.setStreamMetadata('a-1', { truncateBefore: 1 });
  const before = await server.ask('log');
  const listener = new Listener().listen(client.subscribeToAll({ fromPosition: 'end' }));
  await listener.until(({ heard }) => heard.includes('caught up'));
  await server.kill();
  await listener.until(({ heard }) => heard.length === 3);
  await server.start();
  expect(await server.ask('log')).toEqual(before);
  const other = clients.open(server);
  expect(await numbersOf(other.readStream('a-1'))).toEqual([2, 3]);
  expect(await other.appendToStream('a-1', events, { expectedRevision: 'no_stream' })).toEqual(answer);
  const { position } = await other.appendToStream('a-1', numbered(4), { expectedRevision: 2n });
  expect(position!.commit > before.at(-1)!.commit).toBe(true);
});

test('says nothing while it is paused', async () => {
  const client = clients.open(server);
  await client.appendToStream('a-1', numbered(1));
  server.pause();
  const heard: string[] = [];
  const appended = client.appendToStream('a-1', numbered(2)).then(() => heard.push('answer'));
  await expect(
    clients
      .open(server)
      .appendToStream('a-2', numbered(1), { deadline: 100, credentials: { username: 'a', password: 'b' } }),
  ).rejects.toThrow();
  expect(heard).toEqual([]);
  server.resume();
  await appended;
  expect(await numbersOf(client.readStream('a-1'))).toEqual([1, 2]);
});

test('tells those who ask when it has ended', async () => {
  // Otherwise it might answer before it is killed.
  server.pause();
  const asked = server.ask('calls');
  await server.kill();
  await expect(asked).rejects.toThrow('calls: The process of the server has ended.');
  await expect(server.ask('calls')).rejects.toThrow('start() it');
});
