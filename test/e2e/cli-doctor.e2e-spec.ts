import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { generateSignerKey } from '@connections/audit/signed-note';
import { COMMAND_LINE } from '../support/built';
import { Client } from '../support/client';
import { CommandLine } from '../support/command-line';
import { startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

/** A user without any rights. */
const NOBODY = 65_534;

const folder = temporaryFolder();
const dataFolder = (name: string): string => join(folder.path, name);
afterAll(() => folder.remove());

describe('the command line on data in every condition', () => {
  const healthy = dataFolder('healthy');
  const killed = dataFolder('killed');
  let copies = 0;

  beforeAll(async () => {
    const service = await startService(healthy);
    // What a killed service leaves behind, with its last writes beside the files and not yet in them.
    const frozen = dataFolder('frozen');
    const stopped = await startService(frozen);
    const operations = new Client(stopped.demo.url, null);
    await until('every projection has seen the log', async () => {
      const positions = (await operations.get('/readyz')).body.projections.map(
        ({ position }: { position: string }) => position,
      );
      return new Set(positions).size === 1;
    });
    for (const path of [healthy, frozen]) await until('what was signed is outside', () => isDelivered(path));
    await stopped.kill();
    renameSync(frozen, killed);
    await service.stop();
  });

  /** A copy of sound data with something done to it. */
  const given = (damage: (path: (file: DataFile) => string) => void, from = healthy): CommandLine => {
    const copy = dataFolder(`copy-${(copies += 1)}`);
    cpSync(from, copy, { recursive: true });
    damage((file) => join(copy, file === 'audit.key' ? file : `${file}.sqlite`));
    return new CommandLine(copy);
  };
  const inSql =
    (file: 'events' | 'connections', sql: string) =>
    (path: (file: DataFile) => string): void => {
      const database = new DatabaseSync(path(file));
      database.exec(sql);
      database.close();
    };

  it.each([
    ['after a service that was stopped', () => healthy],
    ['after a service that was killed', () => killed],
  ])('doctor finds everything in order %s, and changes no byte', async (_, from) => {
    const cli = given(() => undefined, from());
    const before = fingerprints(cli.dataDir);
    const { exitCode, json } = await cli.run('doctor', '--full', '--json');
    expect(json).toMatchObject({ status: 'ok' });
    expect(exitCode).toBe(0);
    expect(fingerprints(cli.dataDir)).toEqual(before);
    expect((await cli.run('doctor')).stdout).toMatch(/\nEverything is in order\.\n$/);
  });

  it.each([
    ['a log of a newer version', inSql('events', 'pragma user_version = 2'), 'log-file', 'newer version'],
    [
      'a database of a newer version',
      inSql('connections', "insert into migrations values ('9999-later', '2030-01-01T00:00:00.000Z')"),
      'migrations',
      'newer version',
    ],
    [
      'a log that is another application’s database',
      (path: (file: 'events') => string) => {
        rmSync(path('events'));
        inSql('events', 'create table recipes (name text)')(path as never);
      },
      'log-file',
      'another folder',
    ],
    [
      'a database that is another application’s',
      (path: (file: 'connections') => string) => {
        rmSync(path('connections'));
        inSql('connections', 'create table recipes (name text)')(path as never);
      },
      'database-file',
      'another folder',
    ],
    [
      'a log that is no database',
      (path: (file: 'events') => string) => writeFileSync(path('events'), 'Dear diary, '.repeat(1_000)),
      'log-file',
      'back-up',
    ],
    [
      'a log that lost its tail',
      (path: (file: 'events') => string) => truncateSync(path('events'), 5_000),
      'log-file',
      'back-up',
    ],
    [
      'a log with a page overwritten',
      (path: (file: 'events') => string) => overwritePage(path('events'), 3),
      'log-integrity',
      'back-up',
    ],
    [
      'a database with a page overwritten',
      (path: (file: 'connections') => string) => overwritePage(path('connections'), 3),
      'database-integrity',
      'back-up',
    ],
    ['a log that is missing', (path: (file: 'events') => string) => rmSync(path('events')), 'log-file', 'Restore it'],
    [
      'a database that is missing',
      (path: (file: 'connections') => string) => rmSync(path('connections')),
      'database-file',
      'Restore it',
    ],
    [
      'an event that was changed',
      inSql('events', `update events set data = '{"reason":"forged"}' where position = 6`),
      'hash-chain',
      'back-up',
    ],
    [
      'a log whose key is gone',
      (path: (file: 'audit.key') => string) => rmSync(path('audit.key')),
      'signing-key',
      'Restore it',
    ],
    [
      'a key that cannot be read as one',
      (path: (file: 'audit.key') => string) => writeFileSync(path('audit.key'), 'PRIVATE+KEY+x\n'),
      'signing-key',
      'Restore',
    ],
    [
      'the key of another log',
      (path: (file: 'audit.key') => string) =>
        writeFileSync(path('audit.key'), generateSignerKey('other.example').line),
      'signing-key',
      'a log keeps its name',
    ],
    [
      'a key that was retired, and is there again',
      inSql('connections', "update audit_keys set retired_at = '2026-11-30T00:00:00.000Z'"),
      'signing-key',
      'was retired, and signs no more. Add one by "audit key rotate".',
    ],
    [
      'a checkpoint that was not signed so',
      inSql('connections', "update checkpoints set note = replace(note, 'signed-at 2', 'signed-at 1')"),
      'checkpoints',
      'audit verify',
    ],
    [
      'a tree that cannot be read',
      inSql('connections', 'alter table tree drop column position'),
      'followed-log',
      'no such column: position',
    ],
    [
      'a checkpoint of more events than the log has',
      inSql('connections', 'delete from tree'),
      'checkpoints',
      'the tree over the log has fewer: the log is not the one that was signed',
    ],
    [
      'a checkpoint of other events than the log has',
      inSql('connections', 'update tree set hash = (select min(hash) from tree)'),
      'checkpoints',
      'the tree over the log is of others: the log is not the one that was signed',
    ],
    [
      'a log that is another one',
      (path: (file: 'events') => string) => {
        for (const rest of ['', '-wal']) cpSync(`${join(killed, 'events.sqlite')}${rest}`, `${path('events')}${rest}`);
        inSql('events', 'pragma wal_checkpoint')(path as never);
      },
      'followed-log',
      'is not in the log as it was: the log is an older copy, or another one',
    ],
    [
      'a log and a database that are both older than what was brought outside',
      inSql('connections', 'delete from checkpoints; delete from tree'),
      'checkpoints to folder',
      'and the tree over the log has fewer: the log is not the one that was signed',
    ],
    ['an event that is missing', inSql('events', 'delete from events where position = 2'), 'log-events', 'back-up'],
    [
      'the successor of a missing event',
      inSql('events', 'delete from events where position = 1'),
      'hash-chain',
      'back-up',
    ],
    [
      'a projection that stands still',
      inSql('connections', "update projections set fault = 'Event x@1 cannot be projected'"),
      'projection connections',
      'version',
    ],
    [
      'a projection that is ahead of the log',
      inSql('connections', "update projections set position = '0000000000009999'"),
      'projection connections',
      'older copy',
    ],
  ] as const)('doctor finds %s and says what to do', async (_, damage, name, advice) => {
    const cli = given(damage);
    const before = fingerprints(cli.dataDir);
    const { exitCode, json } = await cli.run('doctor', '--json');
    expect(problemsIn(json)).toContain(name);
    expect(exitCode).toBe(1);
    const found = json.checks.find((check: { name: string; status: string }) => check.name === name);
    expect(`${found.details} ${found.advice}`).toContain(advice);
    expect(fingerprints(cli.dataDir)).toEqual(before);
    const told = await cli.run('doctor');
    expect(told).toMatchObject({ exitCode: 1, stderr: '' });
    expect(told.stdout).toMatch(new RegExp(`^problem +${name} `, 'm'));
  });

  it.each([
    ['lags', "update projections set position = '0000000000000001'", 'behind'],
    ['is of an older form', 'update projections set version = 0', 'rebuilds'],
    ['was never made', 'delete from projections', 'makes it'],
    [
      'has a rebuild that broke off',
      "insert into projections values ('connections_next', 1, 2, '', null)",
      'broke off',
    ],
  ])('doctor warns of a projection that %s, which is no failure', async (_, sql, said) => {
    const { exitCode, json } = await given(inSql('connections', sql)).run('doctor', '--json');
    expect(exitCode).toBe(0);
    expect(json.status).toBe('warning');
    const found = json.checks.find((check: { name: string }) => check.name === 'projection connections');
    expect(`${found.details} ${found.advice}`).toContain(said);
  });

  it.each([
    [
      'a database that is older than what was brought outside',
      inSql('connections', 'delete from checkpoints'),
      'checkpoints to folder',
      /and the database knows none: it is an older copy\. If there is a newer copy/,
    ],
    [
      'a checkpoint that was brought nowhere',
      inSql('connections', 'delete from checkpoint_deliveries'),
      'checkpoints to folder',
      /not in .*checkpoints yet\. .*its log says why/,
    ],
    [
      'a key that others may read',
      (path: (file: DataFile) => string) => chmodSync(path('audit.key'), 0o644),
      'signing-key',
      /others than its owner.*chmod 600/,
    ],
    [
      'a file that others may read',
      (path: (file: DataFile) => string) => chmodSync(path('connections'), 0o644),
      'file-rights',
      /connections\.sqlite can be read or written by others.*chmod 600 '\S+connections\.sqlite'$/,
    ],
    [
      'keys of a demonstration that others may read',
      (path: (file: DataFile) => string) => {
        chmodSync(dirname(path('events')), 0o755);
        chmodSync(join(dirname(path('events')), 'demo.json'), 0o644);
      },
      'file-rights',
      /demo\.json can be read or written by others.*chmod 600 '\S+demo\.json'$/,
    ],
    [
      'a folder that others may write to',
      (path: (file: DataFile) => string) => chmodSync(dirname(path('events')), 0o777),
      'file-rights',
      /put other files in the place of these\. .*chmod go-w '\S+'$/,
    ],
  ])('doctor warns of %s, which is no failure', async (_, damage, name, said) => {
    const { exitCode, json } = await given(damage).run('doctor', '--json');
    expect({ exitCode, status: json.status }).toEqual({ exitCode: 0, status: 'warning' });
    const found = json.checks.find((check: { name: string }) => check.name === name);
    expect(`${found.details} ${found.advice}`).toMatch(said);
  });

  it('doctor finds nothing in a folder that others may write to, and take nothing away from', async () => {
    const cli = given((path) => chmodSync(dirname(path('events')), 0o1777));
    expect((await cli.run('doctor', '--json')).json.status).toBe('ok');
  });

  it.each([
    [0o700, 'ok'],
    [0o710, 'warning'],
    [0o744, 'ok'],
    [0o701, 'warning'],
  ])('doctor looks whether others may enter the folder of a file of the group: %o is %s', async (mode, status) => {
    const cli = given((path) => chmodSync(path('connections'), 0o640));
    chmodSync(cli.dataDir, mode);
    const { json } = await cli.run('doctor', '--json');
    expect(json.checks).toContainEqual(expect.objectContaining({ name: 'file-rights', status }));
  });

  it.each([
    ['a log of a newer version', inSql('events', 'pragma user_version = 2'), /newer version/],
    [
      'a database of a newer version',
      inSql('connections', "insert into migrations values ('9999-later', 'x')"),
      /newer version/,
    ],
    [
      'a database of an older version',
      inSql('connections', "delete from migrations where name like '0003%'"),
      /older version/,
    ],
    [
      'only one of the files',
      (path: (file: 'events') => string) => rmSync(path('events')),
      /events\.sqlite is missing or empty/,
    ],
    [
      'a log that is no database',
      (path: (file: 'events') => string) => writeFileSync(path('events'), 'Dear diary, '.repeat(1_000)),
      /not a SQLite database/,
    ],
  ])('a reading command on %s fails with one line', async (_, damage, said) => {
    const cli = given(damage);
    const files = readdirSync(cli.dataDir);
    const { exitCode, stdout, stderr } = await cli.run('connection', 'list');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(readdirSync(cli.dataDir)).toEqual(files);
  });

  it.each([
    ['organization', 'create', 'Acme'],
    ['api-key', 'create', '--role', 'platform-admin', '--name', 'Operations'],
  ])(
    '%s %s does not bring a database of an older version up to date, on which the service may be running',
    async (...args) => {
      const cli = given(inSql('connections', "delete from migrations where name like '0003%'"));
      const before = fingerprints(cli.dataDir);
      const { exitCode, stdout, stderr } = await cli.run(...args);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/written by an older version .* start the service of this version once/);
      expect(fingerprints(cli.dataDir)).toEqual(before);
    },
  );

  it.each([
    ['events', 'log-file'],
    ['connections', 'database-file'],
  ] as const)('an empty file %s beside one that is not is no new one', async (file, name) => {
    const cli = given((path) => truncateSync(path(file)));
    const { exitCode, json } = await cli.run('doctor', '--json');
    expect(exitCode).toBe(1);
    expect(json.checks).toContainEqual(expect.objectContaining({ name, status: 'problem' }));
    const { stderr } = await cli.run('connection', 'list');
    expect(stderr).toMatch(new RegExp(`${file}\\.sqlite is missing or empty`));
    expect(statSync(join(cli.dataDir, `${file}.sqlite`)).size).toBe(0);
  });

  it.each([
    ['events', 'organization create Acme'],
    ['connections', 'api-key create --role platform-admin --name Operations'],
    ['events', 'audit key list'],
  ] as const)('of two files %s is missing: "%s" makes none, and says so', async (file, command) => {
    const cli = given((path) => rmSync(path(file)));
    const files = readdirSync(cli.dataDir);
    const { exitCode, stdout, stderr } = await cli.run(...command.split(' '));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^\\S+${file}\\.sqlite is missing or empty\\. Run "doctor".*\\n$`));
    expect(readdirSync(cli.dataDir)).toEqual(files);
  });

  it('a folder that may not be entered is not taken for one where there is no data', () => {
    const { dataDir } = given(() => undefined);
    chmodSync(dataDir, 0o600);
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const env = { ...process.env, DATA_DIR: dataDir };
    for (const command of ['connection list', 'organization create Acme']) {
      const args = [COMMAND_LINE, ...command.split(' '), '--json'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { ...user, env, encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      const details = expect.stringMatching(/events\.sqlite cannot be used: this user may not\./);
      expect(JSON.parse(stderr).errors).toEqual([{ code: 'unusable-file', details }]);
    }
    const args = [COMMAND_LINE, 'doctor', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { ...user, env, encoding: 'utf8' });
    const found = problemsIn(JSON.parse(stdout));
    expect({ status, found }).toEqual({
      status: 1,
      found: expect.arrayContaining(['data-folder', 'log-file', 'database-file']) as string[],
    });
    chmodSync(dataDir, 0o700);
  });

  it.each(['events', 'connections'] as const)('doctor finds that this user cannot write %s.sqlite', (file) => {
    const { dataDir } = given(() => undefined);
    const path = join(dataDir, `${file}.sqlite`);
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (user.uid !== undefined) {
      chmodSync(folder.path, 0o711);
      for (const name of ['', ...readdirSync(dataDir)]) chownSync(join(dataDir, name), NOBODY, NOBODY);
    }
    chmodSync(path, 0o400);
    const env = { ...process.env, DATA_DIR: dataDir };
    const args = [COMMAND_LINE, 'doctor', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { ...user, env, encoding: 'utf8' });
    const { checks } = JSON.parse(stdout);
    expect({ status, found: problemsIn({ checks }) }).toEqual({ status: 1, found: ['file-rights'] });
    const details = `${path} cannot be written to by this user.`;
    expect(checks).toContainEqual(expect.objectContaining({ name: 'file-rights', details }));
  });

  it('doctor tells once of a folder that there cannot be', () => {
    const env = { ...process.env, DATA_DIR: dataFolder('x'.repeat(256)) };
    const args = [COMMAND_LINE, 'doctor', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    const { checks } = JSON.parse(stdout);
    expect({ status, found: problemsIn({ checks }) }).toEqual({ status: 1, found: ['data-folder'] });
    const details = expect.stringMatching(/x cannot be a folder: name too long\.$/);
    expect(checks).toContainEqual(expect.objectContaining({ details, advice: 'Set DATA_DIR to another folder.' }));
  });

  it('doctor finds a read model that a rebuild then mends', async () => {
    const cli = given(inSql('connections', "update projections set position = '0000000000009999'"));
    expect((await cli.ask('projection', 'status')).projections[0].state).toBe('ahead-of-log');
    await cli.ask('projection', 'rebuild');
    expect((await cli.run('doctor', '--json')).json.status).toBe('ok');
  });
});

type DataFile = 'events' | 'connections' | 'audit.key';

/** Whether there is a checkpoint, and every one there is was brought to its folder. */
async function isDelivered(dataDir: string): Promise<boolean> {
  const database = new DatabaseSync(join(dataDir, 'connections.sqlite'), { readOnly: true });
  const row = database
    .prepare('select max(size) = (select size from checkpoint_deliveries) as delivered from checkpoints')
    .get();
  database.close();
  return row?.['delivered'] === 1;
}

const problemsIn = (document: { checks: { name: string; status: string }[] }): string[] =>
  document.checks.filter((check) => check.status === 'problem').map((check) => check.name);

/** Every file with a digest of what it holds. SQLite's index of the write-ahead log is made anew whenever it is needed. */
const fingerprints = (dataDir: string): string[] =>
  globSync('**/*.*', { cwd: dataDir }).map((name) => {
    const bytes = name.endsWith('-shm') ? '' : readFileSync(join(dataDir, name));
    return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
  });

function overwritePage(path: string, page: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xff, (page - 1) * 4_096, page * 4_096);
  writeFileSync(path, bytes);
}
