import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { NO_STREAM } from '@connections/event-store/event-store';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { streamOf } from '@connections/connection/connection-id';
import { SERVICE } from '../support/built';
import { Client } from '../support/client';
import { runToEnd, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const root = join(__dirname, '..', '..');

describe('npm start', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('with --demo --json writes one line of JSON to standard output, serves, and ends with a signal to npm', async () => {
    const npm = spawn('npm', ['start', '--silent', '--', '--demo', '--json'], {
      cwd: root,
      env: { ...process.env, PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    const ended = once(npm.stdout, 'close');
    npm.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    while (!printed.includes('\n')) await once(npm.stdout, 'data');
    const { url, source } = JSON.parse(printed);
    expect((await new Client(url, source.key).get('/organization')).status).toBe(200);
    npm.kill('SIGTERM');
    await ended;
    expect(printed.trimEnd().split('\n')).toHaveLength(1);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('leaves files that only their owner can read, but for checkpoints, which are no secret', () => {
    const files = readdirSync(folder.path).filter((file) => file !== 'checkpoints');
    const modes = files.map((file) => [file, statSync(join(folder.path, file)).mode & 0o077]);
    expect(modes).toEqual(modes.map(([file]) => [file, 0]));
  });

  it('refuses to go on without the log that its read model has followed', async () => {
    for (const file of readdirSync(folder.path)) {
      if (file.startsWith('events.sqlite')) rmSync(join(folder.path, file));
    }
    const { exitCode, stderr } = await runToEnd([], { PORT: '0', DATA_DIR: folder.path });
    expect(stderr).toMatch(/events\.sqlite is missing or empty.*Restore the log from a back-up/);
    expect(exitCode).toBe(1);
  });
});

describe('a signal', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s ends a start that is under way, as process 1 of a container as well', async (signal, exitCode) => {
    using folder = temporaryFolder();
    // A database that is asked and never answers.
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const DATABASE_URL = `postgresql://127.0.0.1:${port}/database`;
    const env = { ...process.env, DATABASE_URL, PORT: '0', DATA_DIR: folder.path };
    const child = spawn(process.execPath, [SERVICE], { env, stdio: 'inherit' });
    await once(silent, 'connection');
    child.kill(signal);
    // By an exit code: the kernel keeps from process 1 whatever signal it does not handle itself.
    expect(await once(child, 'exit')).toEqual([exitCode, null]);
    silent.close();
  });

  it('SIGHUP ends a service in good order, as when its terminal is closed', async () => {
    using folder = temporaryFolder();
    const { process: child } = await startService(folder.path);
    child.kill('SIGHUP');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a service whose read model meets an event that it cannot project', () => {
  it('says so in /readyz and in its log, and goes on taking commands', async () => {
    using folder = temporaryFolder();
    const service = await startService(folder.path);
    const { demo } = service;
    const source = new Client(demo.url, demo.source.key);
    expect((await source.get('/readyz')).status).toBe(200);
    const stream = 'connection-1111111111111111111111';
    const log = new SqliteEventStore(join(folder.path, 'events.sqlite'));
    const [connection] = (await source.get('/connect/connections?page[size]=1')).body.data;
    const unknown = { id: randomUUID(), type: 'ConnectionForgotten', data: {}, metadata: { 'schema-version': 1 } };
    await log.append(stream, NO_STREAM, [unknown]);
    const { revision } = connection.meta;
    await log.append(streamOf(connection.id), revision, [{ ...unknown, id: randomUUID() }]);
    await log.close();
    let ready = await source.get('/readyz');
    while (ready.status === 200) ready = await source.get('/readyz');
    expect(ready.body).toMatchObject({
      status: 'not-ready',
      projections: [
        { name: 'connections', state: 'faulted', problem: expect.stringContaining(`${stream}@0`) },
        { name: 'tree', state: 'running', problem: null },
        { name: 'feed' },
      ],
    });
    // What it writes may come later than what it answers after that.
    await until('its log names the event', () => service.log().includes(`"stream":"${stream}","revision":0`));
    const created = await source.create(demo.destination['organization-id']);
    expect(created.status).toBe(201);
    const { id } = created.body.data;
    expect((await source.get(`/connect/connections/${id}?revision=0`)).body.data.attributes.status).toBe('pending');
    // Of a connection with such an event nothing is made up, and nobody hears that the service is broken.
    for (const refused of [
      await source.get(`/connect/connections/${connection.id}/events`),
      await source.step(connection.id, 'deactivate'),
    ]) {
      expect([refused.status, refused.body.errors[0].code]).toEqual([503, 'unavailable']);
      expect(refused.body.errors[0].details).toContain('This version of the service cannot read an event');
    }
    await service.stop();
  });
});
