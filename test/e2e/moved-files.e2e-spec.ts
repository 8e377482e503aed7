import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { filesOf } from '@connections/host/stores';
import { Client, newConnection, newKey } from '../support/client';
import { CommandLine } from '../support/command-line';
import { runToEnd, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** How large each file is that belongs to one of the stores; SQLite's own index of a log is not data. */
const sizesOf = (file: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(dirname(file))
      .filter((name) => name.startsWith(basename(file)) && !name.endsWith('-shm'))
      .map((name) => [name, statSync(join(dirname(file), name)).size]),
  );

describe('a file that was moved away while its last writes were beside it', () => {
  const killed = join(folder.path, 'killed');
  let made: string;
  let key: string;
  beforeAll(async () => {
    const service = await startService(killed);
    key = service.demo.platform.key;
    made = (await newConnection(new Client(service.demo.url, key), 'active')).id;
    await service.kill();
    for (const file of Object.values(filesOf(killed))) expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
  });

  it.each([
    ['log', 'moved away', (file: string) => renameSync(file, `${file}.moved`)],
    ['database', 'moved away', (file: string) => renameSync(file, `${file}.moved`)],
    ['log', 'emptied', emptied],
    ['database', 'emptied', emptied],
  ] as const)('the %s, %s: nothing that is tried on it takes those writes away', async (which, _, take) => {
    const data = join(folder.path, `of-${which}-${_.replace(' ', '-')}`);
    cpSync(killed, data, { recursive: true });
    const file = filesOf(data)[which];
    take(file);
    const before = sizesOf(file);
    const message = new RegExp(`^${file} is missing or empty, and ${file}-wal is not: .*\n$`);
    const start = await runToEnd([], { PORT: '0', DATA_DIR: data, LOG_LEVEL: 'silent' });
    expect(start).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(message) as string });
    const cli = new CommandLine(data);
    const { exitCode, json } = await cli.run('doctor', '--json');
    expect(exitCode).toBe(1);
    const found = {
      name: `${which}-file`,
      status: 'problem',
      details: expect.stringMatching(/ is not: it holds/) as string,
    };
    expect(json.checks).toContainEqual(expect.objectContaining(found));
    for (const command of ['connection list', 'organization create Acme', 'projection rebuild']) {
      expect((await cli.run(...command.split(' '))).exitCode).toBe(1);
    }
    expect(sizesOf(file)).toEqual(before);
    renameSync(`${file}.moved`, file);
    const service = await startService(data);
    try {
      expect((await new Client(service.demo.url, key).get(`/connect/connections/${made}`)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  function emptied(file: string): void {
    renameSync(file, `${file}.moved`);
    writeFileSync(file, '');
  }

  it('both of them: doctor does not take the folder for a new one', async () => {
    const data = join(folder.path, 'of-both');
    cpSync(killed, data, { recursive: true });
    for (const file of Object.values(filesOf(data))) renameSync(file, `${file}.moved`);
    const before = Object.values(filesOf(data)).map(sizesOf);
    const cli = new CommandLine(data);
    expect((await cli.run('doctor')).exitCode).toBe(1);
    expect((await cli.run('organization', 'create', 'Acme')).exitCode).toBe(1);
    expect(Object.values(filesOf(data)).map(sizesOf)).toEqual(before);
  });
});

it('nothing of the directory is answered as done while the database is moved away', async () => {
  const data = join(folder.path, 'moved-while-running');
  const { database } = filesOf(data);
  const service = await startService(data);
  try {
    const platform = new Client(service.demo.url, service.demo.platform.key);
    const { id } = await newKey(platform, null, 'platform-auditor');
    renameSync(database, `${database}.moved`);
    const ready = await platform.get('/readyz');
    expect([ready.status, ready.body.database]).toEqual([
      503,
      { state: 'down', problem: expect.stringMatching(/connections\.sqlite was moved away or replaced/) as string },
    ]);
    const named = { body: { data: { attributes: { name: 'Acme' } } } };
    expect((await platform.post('/organizations', named)).status).toBe(503);
    expect((await platform.post(`/api-keys/${id}/revoke`)).status).toBe(503);
    renameSync(`${database}.moved`, database);
    expect((await platform.get('/readyz')).status).toBe(200);
    expect((await platform.post(`/api-keys/${id}/revoke`)).status).toBe(200);
  } finally {
    await service.stop();
  }
});

it('a start without the log makes none in its place', async () => {
  const data = join(folder.path, 'gone');
  await (await startService(data)).stop();
  const { log } = filesOf(data);
  renameSync(log, `${log}.moved`);
  const { exitCode, stderr } = await runToEnd([], { PORT: '0', DATA_DIR: data });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/is missing or empty, though/) as string,
  });
  expect(existsSync(log)).toBe(false);
});

it('doctor finds what is written beside the file that a link leads to', async () => {
  const data = join(folder.path, 'linked');
  const elsewhere = join(folder.path, 'elsewhere');
  mkdirSync(data);
  mkdirSync(elsewhere);
  const files = Object.values(filesOf(data));
  for (const file of files) symlinkSync(file.replace(data, elsewhere), file);
  const service = await startService(data);
  try {
    await newConnection(new Client(service.demo.url, service.demo.platform.key), 'active');
    const { json } = await new CommandLine(data).run('doctor', '--json');
    expect(json.checks.filter(({ status }: { status: string }) => status === 'problem')).toEqual([]);
  } finally {
    await service.kill();
  }
  expect((await new CommandLine(data).run('doctor')).stdout).not.toContain('problem');
});
