import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { COMMAND_LINE, SERVICE } from '../support/built';
import { Client, type Answer, newOrganization } from '../support/client';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

/** A user whom the rights of files bind, as they do not bind root. */
const withoutRights = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const FILES = ['events.sqlite', 'connections.sqlite'] as const;

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the service where it should not start; one that does start is ended after a while and so has no exit code. */
function start(environment: NodeJS.ProcessEnv, args: readonly string[] = [], user: object = {}): Ended {
  const env = { ...process.env, PORT: '0', LOG_LEVEL: 'silent', ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [SERVICE, ...args], {
    ...user,
    env,
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  return { exitCode: status, stdout, stderr };
}

/** One clear message: a line for a person, which says what and where, and no trace of the program's inside. */
function expectOneMessage({ exitCode, stdout, stderr }: Ended, message: RegExp): void {
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(message) as string,
  });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
}

/** What every file of a folder holds. SQLite's own index of a log is not data. */
const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm') && statSync(join(folder, name)).isFile())
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ])
      // An empty log is as good as none.
      .filter(([name = '']) => !name.endsWith('-wal') || statSync(join(folder, name)).size > 0),
  );

const cannotMount = whyNotMount();
/** For what only a disk of its own can show: one that is full, or read-only even for root. */
const itOnADisk = cannotMount === null ? it : it.skip;
if (cannotMount !== null) process.stderr.write(`Full and read-only disks are not tested here: ${cannotMount}\n`);

describe('the start of the service', () => {
  const folder = temporaryFolder();
  /** A folder with data, as a service that ended in good order left it. */
  const good = join(folder.path, 'good');
  let fresh = 0;

  beforeAll(async () => {
    const service = await startService(good);
    // What is projected only now would be found undone by the next start, which would make up for it.
    await until('everything is projected', async () => {
      const ready = (await (await fetch(`${service.demo.url}/readyz`)).json()) as {
        projections: { position: string }[];
      };
      return new Set(ready.projections.map(({ position }) => position)).size === 1;
    });
    await service.stop();
  });
  afterAll(() => folder.remove());

  /** A copy of the good folder that may be spoilt. */
  function copy(): string {
    fresh += 1;
    const path = join(folder.path, `copy-${fresh}`);
    cpSync(good, path, { recursive: true });
    return path;
  }

  /** The service does not start on the folder, says why, and leaves it as it was. */
  function expectRefusal(dataDir: string, message: RegExp, environment: NodeJS.ProcessEnv = {}): void {
    const before = contentsOf(dataDir);
    expectOneMessage(start({ DATA_DIR: dataDir, ...environment }), message);
    expect(contentsOf(dataDir)).toEqual(before);
  }

  describe('stops at a configuration', () => {
    it('that is wrong in several places, and names them all at once', () => {
      const data = join(folder.path, 'never-made');
      const { exitCode, stdout, stderr } = start({
        DATA_DIR: data,
        PORT: '70000',
        HOST: '',
        LOG_LEVEL: 'loud',
        RATE_LIMIT_PER_MINUTE: 'many',
        CONNECT_SCOPES: 'Inquiry',
        CONNECT_ALLOW_SELF_CONNECTIONS: 'yes',
      });
      expect([exitCode, stdout]).toEqual([1, '']);
      const lines = stderr.trimEnd().split('\n');
      expect(lines.map((line) => line.trim().split(' ')[0])).toEqual([
        'The',
        'PORT',
        'HOST',
        'LOG_LEVEL',
        'RATE_LIMIT_PER_MINUTE',
        'CONNECT_SCOPES',
        'CONNECT_ALLOW_SELF_CONNECTIONS',
      ]);
      expect(existsSync(data)).toBe(false);
    });

    it.each(['not an address', '203.0.113.7', 'nowhere.invalid', '999.1.1.1'])('with the HOST %s', (host) => {
      expectRefusal(copy(), /HOST/, { HOST: host });
    });

    it('with a PORT that another process has', async () => {
      const server: Server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      try {
        expectRefusal(copy(), new RegExp(`127\\.0\\.0\\.1:${port} is in use.*PORT`), { PORT: String(port) });
      } finally {
        server.close();
      }
    });
  });

  it('names wrong proxies among all else that is wrong', () => {
    const { exitCode, stderr } = start({ PORT: '-0', TRUSTED_PROXIES: '999.1.1.1', SESSION_IDLE_MINUTES: '43201' });
    expect([exitCode, stderr.match(/^ {2}\w+/gm)]).toEqual([
      1,
      ['  PORT', '  TRUSTED_PROXIES', '  SESSION_IDLE_MINUTES'],
    ]);
  });

  describe('stops at a command line', () => {
    it('with an option that is not known', () => {
      expectOneMessage(start({ DATA_DIR: copy() }, ['--dmeo']), /--dmeo.*--help/);
    });
    it('with a word too many', () => {
      expectOneMessage(start({ DATA_DIR: copy() }, ['demo']), /demo.*--help/);
    });
    it('with --json and no --demo', () => {
      expectOneMessage(start({ DATA_DIR: copy() }, ['--json']), /--json goes with --demo/);
    });
  });

  describe('stops at a folder', () => {
    it('that is a file, or lies below one', () => {
      const file = join(folder.path, 'file');
      writeFileSync(file, 'mine');
      expectOneMessage(start({ DATA_DIR: file }), /file is not a folder.*DATA_DIR/);
      expectOneMessage(start({ DATA_DIR: join(file, 'below') }), /not a folder.*DATA_DIR/);
      expect(readFileSync(file, 'utf8')).toBe('mine');
    });

    it('of checkpoints that cannot be read, before there is a key', () => {
      const data = join(folder.path, 'unsigned');
      const file = join(folder.path, 'no-checkpoints');
      writeFileSync(file, 'mine');
      expectOneMessage(
        start({ DATA_DIR: data, AUDIT_CHECKPOINT_FOLDER: file }),
        /no-checkpoints cannot be read \(ENOTDIR.*no signing key.*AUDIT_CHECKPOINT_FOLDER/,
      );
      expect(existsSync(join(data, 'audit.key'))).toBe(false);
    });

    it('where the signing key cannot be made', () => {
      const [data, nowhere] = [join(folder.path, 'keyless'), join(folder.path, 'nowhere')];
      symlinkSync(join(folder.path, 'not-there'), nowhere);
      expectOneMessage(
        start({ DATA_DIR: data, AUDIT_KEY_FILE: join(nowhere, 'audit.key') }),
        /^No signing key can be made in \S+nowhere\/audit\.key: E.*AUDIT_KEY_FILE/,
      );
    });

    it('that this user may not enter', () => {
      const data = copy();
      chmodSync(data, 0o600);
      expectOneMessage(
        start({ DATA_DIR: data }, [], withoutRights),
        /events\.sqlite-wal cannot be used: EACCES: permission denied\..*DATA_DIR/,
      );
      chmodSync(data, 0o700);
    });

    it('with a name that no folder can have', () => {
      const data = join(folder.path, 'x'.repeat(256));
      expectOneMessage(start({ DATA_DIR: data }), /x is not a folder.*ENAMETOOLONG.*DATA_DIR/);
    });

    it.each(FILES)('with a folder where %s should be', (name) => {
      const data = join(folder.path, `folder-${name}`);
      mkdirSync(join(data, name), { recursive: true });
      expectOneMessage(start({ DATA_DIR: data }), new RegExp(`${name} is a folder`));
    });

    itOnADisk('that can be read only', () => {
      const data = copy();
      const readOnly = [
        ['--bind', data, data],
        ['-o', 'remount,bind,ro', data],
      ];
      withMount(readOnly, data, () => {
        expectRefusal(data, /events\.sqlite cannot be (written|opened).*DATA_DIR/);
      });
      const empty = join(folder.path, 'empty');
      mkdirSync(empty);
      withMount([['-t', 'tmpfs', '-o', 'ro', 'tmpfs', empty]], empty, () => {
        expectRefusal(empty, /events\.sqlite cannot be (written|opened).*DATA_DIR/);
      });
    });

    itOnADisk('on a disk that is full', () => {
      const disk = join(folder.path, 'disk');
      mkdirSync(disk);
      withMount([['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]], disk, () => {
        cpSync(good, disk, { recursive: true });
        fill(disk);
        const before = rowsOf(disk);
        expectOneMessage(start({ DATA_DIR: disk }), /no space left for .*\.sqlite/);
        expect(rowsOf(disk)).toEqual(before);
      });
      // Wherever in its first steps the space runs out.
      for (const size of ['4k', '16k', '48k', '80k', '128k']) {
        withMount([['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]], disk, () => {
          expectOneMessage(start({ DATA_DIR: disk }), /no space left for .*(\.sqlite|DATA_DIR)/);
        });
      }
    });
  });

  describe('stops at a file', () => {
    it('that a newer version wrote: the log', () => {
      const data = copy();
      change(data, 'events.sqlite', 'pragma user_version = 99');
      expectRefusal(data, /events\.sqlite was written by a newer version.*99/);
    });

    it('that a newer version wrote: the database', () => {
      const data = copy();
      change(data, 'connections.sqlite', "insert into migrations values ('9999-from-the-future', '2099-01-01')");
      expectRefusal(data, /database was written by a newer version.*9999-from-the-future/);
    });

    it('that is another application’s database', () => {
      const data = join(folder.path, 'foreign');
      mkdirSync(data);
      const foreign = new SqliteDatabase(join(data, 'events.sqlite'));
      foreign.exec('create table bookmarks (url text)');
      foreign.close();
      expectRefusal(data, /events\.sqlite is a SQLite database, but not an event log/);
    });

    it.each(FILES)('that is no database: %s', (name) => {
      const data = copy();
      writeFileSync(join(data, name), 'Dear diary, '.repeat(1_000));
      expectRefusal(data, new RegExp(`${name} is not a SQLite database`));
      writeFileSync(join(data, name), 'x');
      expectRefusal(data, new RegExp(`${name} is not a SQLite database`));
    });

    it.each(FILES)('that lost its tail: %s', (name) => {
      const data = copy();
      const file = join(data, name);
      truncateSync(file, statSync(file).size - 100);
      expectRefusal(data, new RegExp(`${name} is damaged`));
      truncateSync(file, 4096);
      expectRefusal(data, new RegExp(`${name} is damaged`));
      truncateSync(file, 60);
      expectRefusal(data, new RegExp(`${name} is (damaged|not a SQLite database)`));
    });

    it.each(FILES)('whose first page is damaged: %s', (name) => {
      const data = copy();
      overwrite(join(data, name), 100, 3_996);
      expectRefusal(data, new RegExp(`${name} is damaged`));
    });

    it.each(FILES)('whose pages are all damaged but the first: %s', (name) => {
      const data = copy();
      const file = join(data, name);
      overwrite(file, 4_096, statSync(file).size - 4_096);
      expectRefusal(data, new RegExp(`${name} is damaged`));
    });
  });

  it('does not end as if all were well when it waits for what never comes, and no command does', () => {
    // A folder that is never read to its end.
    const hook = 'promises.readdir=()=>new%20Promise(()=>{});syncBuiltinESMExports()';
    const imports = "import{promises}from'node:fs';import{syncBuiltinESMExports}from'node:module'";
    const NODE_OPTIONS = `--import=data:text/javascript,${imports};${hook}`;
    const data = join(folder.path, 'never');
    expectOneMessage(start({ DATA_DIR: data, NODE_OPTIONS }), /not done.*never comes/);
    const env = { ...process.env, DATA_DIR: data, NODE_OPTIONS };
    const { status, stderr } = spawnSync(process.execPath, [COMMAND_LINE, 'doctor', '--json'], {
      env,
      encoding: 'utf8',
    });
    expect([status, JSON.parse(stderr)]).toEqual([
      1,
      { errors: [{ code: 'unexpected', details: expect.stringMatching(/not done.*never comes/) as string }] },
    ]);
  });

  it('is no worse for any of this: the good folder starts, with all that was in it', async () => {
    const service = await startService(good);
    const { url, source } = service.demo;
    const list = await new Client(url, source.key).get('/connect/connections');
    await service.stop();
    expect(list.body.data).toHaveLength(3);
  });
});

describe('a disk that runs full while the service runs', () => {
  const folder = temporaryFolder();
  const disk = join(folder.path, 'disk');
  let service: RunningService | undefined;
  afterAll(async () => {
    await service?.kill();
    unmount(disk);
    folder.remove();
  });

  itOnADisk(
    'is answered by 503 and Retry-After; nothing answered is lost; and it goes on when there is space again',
    async () => {
      mkdirSync(disk);
      mount(['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
      service = await startService(disk, { LOG_LEVEL: 'silent' });
      const platform = new Client(service.demo.url, service.demo.platform.key);
      const source = await newOrganization(platform, 'Full disk');
      const created = await source.client.create(service.demo.destination['organization-id']);
      const id = created.body.data.id as string;
      const answered = [created.body.data.meta.revision as number];
      const step = async (client: Client): Promise<Answer> => {
        const verb = answered.length % 2 === 1 ? 'deactivate' : 'reactivate';
        const answer = await client.step(id, verb, { reason: 'x'.repeat(500) });
        if (answer.status === 200) answered.push(answer.body.data.meta.revision as number);
        return answer;
      };
      await step(source.client);

      const free = fill(disk);
      let refused = await step(source.client);
      for (let tries = 1; refused.status === 200 && tries < 20_000; tries += 1) refused = await step(source.client);
      expect([refused.status, refused.body.errors[0].code]).toEqual([503, 'unavailable']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const others = [
        await source.client.step(id, 'deactivate', {}, { 'idempotency-key': 'full' }),
        await platform.post('/organizations', { body: { data: { attributes: { name: 'x'.repeat(200) } } } }),
      ];
      expect(others.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
      expect((await source.client.history(id)).map((entry) => entry.attributes.revision)).toEqual(answered);
      expect((await source.client.get('/organization')).status).toBe(200);

      free();
      await until('a step is taken', async () => (await step(source.client)).status === 200);
      await until('it is ready', async () => (await platform.get('/readyz')).status === 200);
      expect((await source.client.history(id)).map((entry) => entry.attributes.revision)).toEqual(answered);
      await service.stop();

      service = await startService(disk, { LOG_LEVEL: 'silent' });
      const again = new Client(service.demo.url, source.key);
      expect((await again.history(id)).map((entry) => entry.attributes.revision)).toEqual(answered);
      expect((await again.retrieve(id)).body.data.meta.revision).toBe(answered.at(-1));
      await service.stop();
    },
    120_000,
  );
});

/** Runs statements on a file, as another version of the service might have. */
function change(dataDir: string, name: string, sql: string): void {
  const database = new SqliteDatabase(join(dataDir, name));
  database.exec(sql);
  database.close();
}

function overwrite(file: string, from: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, from);
  closeSync(descriptor);
}

/** How many rows each table has. Read from a copy, so that nothing is changed by looking. */
function rowsOf(dataDir: string): Record<string, number> {
  using folder = temporaryFolder();
  cpSync(dataDir, folder.path, { recursive: true, filter: (name) => !name.endsWith('ballast') });
  const rows: Record<string, number> = {};
  for (const name of FILES) {
    const database = new SqliteDatabase(join(folder.path, name));
    for (const table of database
      .prepare<[], string>("select name from sqlite_schema where type = 'table'")
      .pluck()
      .all())
      rows[`${name} ${table}`] = database.prepare<[], number>(`select count(*) from "${table}"`).pluck().get()!;
    database.close();
  }
  return rows;
}

/** Bytes: no disk that is made for a test is larger, and any other is the machine's own. */
const LARGEST_DISK = 64 * 1_048_576;

/** Leaves no byte free on a disk that was made for it. @returns what gives the space back. */
function fill(disk: string): () => void {
  const { blocks, bsize } = statfsSync(disk);
  if (blocks * bsize > LARGEST_DISK) throw new Error(`${disk} is no small disk that was mounted for a test.`);
  const ballast = join(disk, 'ballast');
  for (let size = 1_048_576; size >= 1; size = Math.floor(size / 4)) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  return () => rmSync(ballast);
}

/** Mounts, does something, unmounts. */
function withMount(mounts: readonly (readonly string[])[], at: string, work: () => void): void {
  for (const args of mounts) mount(args);
  try {
    work();
  } finally {
    unmount(at);
  }
}

function mount(args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr.trim());
}

/** Why this user may not mount here; null when it may. */
function whyNotMount(): string | null {
  const folder = temporaryFolder();
  try {
    mount(['-t', 'tmpfs', 'tmpfs', folder.path]);
    unmount(folder.path);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    folder.remove();
  }
}

/** Lazily, so that a process that a failed test left behind cannot hold it up. */
function unmount(at: string): void {
  spawnSync('umount', ['-l', at]);
}
