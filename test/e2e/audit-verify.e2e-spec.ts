import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { KeyFile } from '@connections/audit/key-file';
import { generateSignerKey, verifierLine } from '@connections/audit/signed-note';
import { filesOf } from '@connections/host/stores';
import { Client } from '../support/client';
import { CommandLine } from '../support/command-line';
import { ON_SERVERS } from '../support/servers';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';

describe('audit verify', () => {
  const folder = temporaryFolder();
  const dataDir = join(folder.path, 'data');
  const cli = new CommandLine(dataDir);
  let service: RunningService;

  beforeAll(async () => {
    // One process alone makes its key by itself; several are given one.
    new KeyFile(join(dataDir, 'audit.key')).create('connections.example');
    service = await startService(dataDir);
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  it('finds the log of a running service whole', async () => {
    const source = new Client(service.demo.url, service.demo.source.key);
    const created = await source.create(service.demo.destination['organization-id'], { name: 'Proven' });
    await source.step(created.body.data.id, 'deactivate', { reason: 'Trial.' });
    const { exitCode, json, stderr } = await cli.run('audit', 'verify', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(json).toMatchObject({ whole: true, fault: null, texts: { whole: 6, gone: 0 } });
    expect(json.size).toBe(json.events);
    expect((await cli.run('audit', 'verify')).stdout).toMatch(/^Verdict +whole/);
  });

  it('says what it cannot read', async () => {
    const nothing = await cli.run('audit', 'verify', '--checkpoint', join(folder.path, 'nothing'));
    expect(nothing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nothing.stderr).toMatch(/nothing cannot be read: ENOENT/);
    const state = join(folder.path, 'state');
    const form = 'connections/verification/v1';
    for (const none of [
      {},
      { form, checkpoint: 'x', edge: [], last: {} },
      { form, checkpoint: '', edge: [], last: null },
    ]) {
      writeFileSync(state, JSON.stringify(none));
      const { exitCode, stderr } = await cli.run('audit', 'verify', '--state', state);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: `${state}: The state is not one that a verification has written. Leave it out, and begin anew.\n`,
      });
    }
    expect((await cli.run('audit', 'verify', '--key', 'x')).exitCode).toBe(2);
    expect(existsSync(join(folder.path, 'nothing'))).toBe(false);
  });

  it('gives its verdict also where its state cannot be kept, and says which file that is', async () => {
    const state = join(folder.path, 'full.state');
    const notKept = async (path = state) => {
      const { exitCode, json, stderr } = await cli.run('audit', 'verify', '--json', '--state', path);
      expect({ exitCode, json }).toMatchObject({ exitCode: 1, json: { whole: true } });
      return (JSON.parse(stderr) as { errors: { code: string; details: string }[] }).errors[0]!.details;
    };
    await cli.ask('audit', 'checkpoint');
    symlinkSync('/dev/full', `${state}.next`);
    expect(await notKept()).toBe(
      `${state} cannot be used: there is no space left for it. Free some, and run this again.`,
    );
    // What is left of the attempt would be in the way of nobody who looks for a state.
    expect(existsSync(`${state}.next`)).toBe(false);
    mkdirSync(`${state}.next`);
    expect(await notKept()).toContain(`${state}.next cannot be used: it is a folder`);
    const long = join(folder.path, 'x'.repeat(251));
    expect(await notKept(long)).toContain(`${long}.next cannot be used: name too long (ENAMETOOLONG)`);
  });

  it('keeps its state where a link leads to, and in nothing but a file', async () => {
    const [kept, link, pipe] = ['kept.state', 'link.state', 'pipe.state'].map((name) => join(folder.path, name));
    symlinkSync('kept.state', link!);
    expect((await cli.run('audit', 'verify', '--state', link!)).stderr).toContain('link.state cannot be used');
    expect((await cli.run('audit', 'verify', '--state', kept!)).exitCode).toBe(0);
    expect((await cli.ask('audit', 'verify', '--state', link!)).events).toBe(0);
    expect(lstatSync(link!).isSymbolicLink()).toBe(true);
    execFileSync('mkfifo', [pipe!]);
    const { exitCode, stderr } = await cli.run('audit', 'verify', '--state', pipe!);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `${pipe} cannot be used: it is no file. Name one.\n` });
  });

  it('compares every checkpoint that it is given, each once, and says how many', async () => {
    const kept = join(folder.path, 'kept');
    mkdirSync(join(kept, 'inside'), { recursive: true });
    const empty = await cli.run('audit', 'verify', '--checkpoint', kept);
    expect(empty).toMatchObject({ exitCode: 1, stdout: '' });
    expect(empty.stderr).toMatch(/kept has no checkpoint in it\. See whether/);
    const { stdout: note } = await cli.run('audit', 'checkpoint');
    writeFileSync(join(kept, 'one'), note);
    const twice = ['--checkpoint', kept, '--checkpoint', `${kept}/../kept`];
    expect((await cli.run('audit', 'verify', '--json', ...twice)).json).toMatchObject({ whole: true, kept: 1 });
    // Such as the keys that are kept beside it. What nobody has signed cannot be told from what somebody made of one.
    writeFileSync(join(kept, 'log.pub'), 'log.example+92db94aa+Ac3xH2JZ1+AqgPDStrBzlWK/Sgsg3Z4s49XCoL4Rkay0\n');
    const stray = await cli.run('audit', 'verify', '--checkpoint', kept);
    expect(stray).toMatchObject({ exitCode: 1, stdout: '' });
    expect(stray.stderr).toMatch(/kept\/log\.pub is no checkpoint: it has no signature\. Take it out/);
    for (const changed of [note.replace(/..\n$/, '\n'), note.replace(/\n\n/, '\n'), note.trimEnd()]) {
      writeFileSync(join(kept, 'log.pub'), changed);
      const verdict = await cli.run('audit', 'verify', '--json', '--checkpoint', kept);
      expect(verdict.json).toMatchObject({ whole: false, fault: { code: 'checkpoint-changed' } });
    }
    const pipe = join(folder.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [piped] = await Promise.all([
      cli.run('audit', 'verify', '--json', '--checkpoint', pipe),
      writeFile(pipe, note.replace(/(?<=signed-at )./, '9')),
    ]);
    expect(piped.json).toMatchObject({ whole: false, fault: { code: 'checkpoint-changed' } });
  });

  it('says which key is missing, and nothing worse', async () => {
    const line = verifierLine(generateSignerKey('log.example').key);
    const { exitCode, stdout } = await cli.run('audit', 'verify', '--key', line);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Verdict +not verified: unknown-key\n[^]*\nWhat to do +Give the key that has signed it/);
  });

  const onFiles = process.env[ON_SERVERS] === undefined ? it : it.skip;
  onFiles('names the first event that somebody changed, with exit code 1', async () => {
    const log = new SqliteDatabase(filesOf(dataDir).log);
    const changed = log.prepare<[], { stream: string; revision: number }>('select * from events order by position limit 1').get(); // prettier-ignore
    log.prepare('update events set id = ? where position = 1').run(randomUUID());
    log.close();
    const { exitCode, json } = await cli.run('audit', 'verify', '--json');
    expect(exitCode).toBe(1);
    const event = `${changed?.stream}@${changed?.revision}`;
    expect(json).toMatchObject({ whole: false, fault: { code: 'changed', event, index: 0 } });
    const { stdout } = await cli.run('audit', 'verify');
    expect(stdout).toMatch(/^Verdict +not whole: changed\nEvent +connection-/);
  });
});
