import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '@connections/host/stores';
import { type Answer, Client, newConnection, newOrganization, newPair } from '../support/client';
import { CommandLine } from '../support/command-line';
import { listen } from '../support/event-stream';
import { runToEnd, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

describe('a log that was restored beside a database that has followed another one', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const cli = new CommandLine(data);
  afterAll(() => folder.remove());

  /** Serves for as long as something is done, and leaves whole files behind. */
  async function served(dataDir: string, work: (platform: Client) => Promise<unknown>): Promise<void> {
    const service = await startService(dataDir);
    try {
      await work(new Client(service.demo.url, service.demo.platform.key));
    } finally {
      await service.stop();
    }
  }
  /** Puts a log in the place of the one that is there. */
  function restore(log: string): void {
    for (const file of readdirSync(data)) if (file.startsWith('events.sqlite')) rmSync(join(data, file));
    cpSync(log, filesOf(data).log);
  }
  async function refused(message: RegExp): Promise<void> {
    const { exitCode, stdout, stderr } = await runToEnd([], { PORT: '0', DATA_DIR: data });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  const older = join(folder.path, 'older.sqlite');
  const feed = '/connect/events';
  /** Cursors that somebody keeps who follows the feed: of what the copy has as well, and of what was lost with the log, also by one who heard of nothing since. */
  const kept = { older: '', lost: '', begun: '' };

  it('is refused where it is an older copy, and nothing of what is lost is signed', async () => {
    await served(data, async (platform) => {
      await platform.get('/audit/export');
      const all = (): Promise<Answer> => platform.get(feed);
      await until('all of the demo data is in the feed', async () => (await all()).body.data.length === 6);
      kept.older = (await all()).body.meta.cursor as string;
    });
    cpSync(filesOf(data).log, older);
    await served(data, async (platform) => {
      for (let number = 0; number < 3; number += 1) await newConnection(platform, 'active');
      const behind = (): Promise<Answer> => platform.get(`${feed}?page[after]=${kept.older}`);
      await until('all is in the feed', async () => (await behind()).body.data.length === 6);
      kept.lost = (await behind()).body.meta.cursor as string;
      const stranger = await newOrganization(platform, 'Stranger');
      const listening = listen(platform.url, stranger.key);
      kept.begun = await listening.began;
      listening.close();
    });
    const checkpoints = readdirSync(join(data, 'checkpoints'));
    restore(older);
    await refused(
      /events\.sqlite ends at position 0+6, though .* up to 0+12: it is an older copy\. .*"npm run -s cli -- projection rebuild"/,
    );
    const signing = await cli.run('audit', 'checkpoint', '--json');
    expect(JSON.parse(signing.stderr).errors).toMatchObject([{ code: 'log-forked' }]);
    expect(readdirSync(join(data, 'checkpoints'))).toEqual(checkpoints);
  });

  it('is gone on with once its projections are made anew', async () => {
    expect((await cli.run('projection', 'rebuild')).exitCode).toBe(0);
    await served(data, async (platform) => {
      await newConnection(platform, 'active');
      expect((await platform.get('/readyz')).body).toMatchObject({ status: 'ready', checkpoints: { state: 'ok' } });
      expect((await platform.get('/audit/export')).status).toBe(200);
    });
    expect((await cli.run('audit', 'verify')).stdout).toContain('whole');
  });

  it('hides nothing from who follows the feed behind what was lost', async () => {
    await served(data, async (platform) => {
      const behind = (cursor: string): Promise<Answer> => platform.get(`${feed}?page[after]=${cursor}`);
      const streamed = (cursor: string): Promise<Answer> =>
        platform.get(`${feed}/stream`, { headers: { 'last-event-id': cursor } });
      const told = ({ status, headers, body }: Answer): unknown[] => [
        status,
        headers.get('retry-after'),
        body.errors?.[0].code,
      ];
      expect((await behind(kept.older)).body.data).toHaveLength(2);
      expect(told(await behind(kept.lost))).toEqual([503, '1', 'not-yet-visible']);
      expect(told(await streamed(kept.lost))).toEqual([503, '1', 'not-yet-visible']);
      for (let number = 0; number < 3; number += 1) await newConnection(platform, 'active');
      expect(told(await behind(kept.lost))).toEqual([400, null, 'invalid-cursor']);
      expect(told(await streamed(kept.lost))).toEqual([400, null, 'invalid-header']);
      expect(told(await behind(kept.begun))).toEqual([400, null, 'invalid-cursor']);
      await until('all is in the feed', async () => (await behind(kept.older)).body.data.length === 8);
      const all = await behind(kept.older);
      expect((await behind(all.body.meta.cursor as string)).body).toMatchObject({
        data: [],
        meta: { cursor: all.body.meta.cursor as string },
      });
    });
  });

  it('takes up a lost command that is tried again, once its projections are made anew', async () => {
    const retried = join(folder.path, 'retried');
    const copy = join(folder.path, 'before-the-command.sqlite');
    let [source, destination] = ['', ''];
    const tried = (platform: Client, key: string): Promise<Answer> =>
      new Client(platform.url, source).create(destination, {}, { 'idempotency-key': key });
    await served(retried, async (platform) => {
      const pair = await newPair(platform);
      [source, destination] = [pair.source.key, pair.destination.id];
    });
    cpSync(filesOf(retried).log, copy);
    await served(retried, async (platform) => {
      const made = await tried(platform, 'once');
      expect((await new Client(platform.url, source).retrieve(made.body.data.id, made)).status).toBe(200);
      expect([made.status, (await tried(platform, 'once')).headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    });
    cpSync(copy, filesOf(retried).log);
    const retriedCli = new CommandLine(retried);
    const rebuilt = await retriedCli.run('projection', 'rebuild');
    expect(rebuilt.stdout).toMatch(/^Forgot the remembered answers to 1 command that the log does not hold\.$/m);
    expect(await retriedCli.ask('projection', 'rebuild')).toMatchObject({ 'answers-forgotten': 0 });
    await served(retried, async (platform) => {
      const again = await tried(platform, 'once');
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
      expect((await platform.get(`/connect/connections/${again.body.data.id}/events`)).body.data).toHaveLength(1);
    });
  });

  it('gets no signature and no proof any more where more was signed than it has', async () => {
    const forked = join(folder.path, 'forked');
    const outside = join(forked, 'checkpoints');
    const forkedCli = new CommandLine(forked);
    await served(forked, (platform) => platform.get('/audit/export'));
    const copies = Object.values(filesOf(forked)).map((file) => [file, `${file}.copy`] as const);
    for (const [file, copy] of copies) cpSync(file, copy);
    let made = '';
    await served(forked, async (platform) => {
      for (let number = 0; number < 3; number += 1) made = (await newConnection(platform, 'active')).id;
      expect((await platform.get('/audit/export')).status).toBe(200);
      await until(
        'what was signed is outside',
        () => readdirSync(outside).at(-1) === 'checkpoint-0000000000000012.txt',
      );
    });
    const signed = readdirSync(outside);
    // Log and database of the same day: nothing but what was brought outside knows of what was signed since.
    for (const [file, copy] of copies) cpSync(copy, file);
    expect((await forkedCli.run('doctor')).exitCode).toBe(1);
    for (const grown of [false, true]) {
      await served(forked, async (platform) => {
        await until('it says that it is forked', async () => {
          return (await platform.get('/readyz')).body.checkpoints.state === 'forked';
        });
        const [{ id }] = (await platform.get('/connect/connections?page[size]=1')).body.data;
        expect(id).not.toBe(made);
        for (const path of [
          '/audit/export',
          '/audit/export?checkpoint=6',
          `/connect/connections/${id}/events/0/proof`,
        ]) {
          expect({ path, status: (await platform.get(path)).status }).toEqual({ path, status: 503 });
        }
        if (!grown) for (let number = 0; number < 5; number += 1) await newConnection(platform, 'active');
      });
    }
    expect(readdirSync(outside)).toEqual(signed);
    // The way out: where they are brought to another folder, nothing that is known here says anything else.
    const elsewhere = await startService(forked, { AUDIT_CHECKPOINT_FOLDER: join(forked, 'elsewhere') });
    const platform = new Client(elsewhere.demo.url, elsewhere.demo.platform.key);
    expect((await platform.get('/audit/export')).status).toBe(200);
    expect((await platform.get('/readyz')).body.checkpoints.state).toBe('ok');
    const [key] = (await platform.get('/audit/keys')).body.data;
    await elsewhere.stop();
    // Whoever holds what was signed of the log that is gone finds that this is another one.
    const signedThen = join(outside, 'checkpoint-0000000000000012.txt');
    const verified = await forkedCli.run(
      ...['audit', 'verify', '--checkpoint', signedThen, '--key', key.attributes['verifier-key'] as string],
    );
    expect([verified.exitCode, verified.stdout]).toEqual([1, expect.stringMatching(/^Verdict\s+not whole: forked$/m)]);
    // Nor by a new key, once the database is lost as well.
    for (const file of [filesOf(forked).database, join(forked, 'audit.key')]) rmSync(file);
    await served(forked, async (platform) => {
      expect((await platform.get('/audit/keys')).body.data).toEqual([]);
    });
    expect(readdirSync(forked)).not.toContain('audit.key');
  });

  it('is told of where the database is lost, and what was read comes back', async () => {
    const alone = join(folder.path, 'alone');
    mkdirSync(alone);
    for (const file of ['events.sqlite', 'audit.key']) cpSync(join(data, file), join(alone, file));
    const service = await startService(alone);
    expect(service.log()).toMatch(/"head":"0+14".*"the database is new, and the log is not: /);
    expect((await new Client(service.demo.url, service.demo.platform.key).get('/readyz')).status).toBe(200);
    await service.stop();
    const again = await startService(alone);
    await again.stop();
    expect(again.log()).not.toContain('the database is new');
  });

  it('is refused where it is another one, however long', async () => {
    const other = join(folder.path, 'other');
    await served(other, async (platform) => {
      for (let number = 0; number < 5; number += 1) await newConnection(platform, 'active');
    });
    restore(filesOf(other).log);
    const [checkpoint] = readdirSync(join(data, 'checkpoints')).map((name) => /\d+/.exec(name)?.[0] ?? '');
    const name = /cxn_\w+/.exec((await cli.run('connection', 'list')).stdout)?.[0] ?? '';
    const redacting = await cli.run('connection', 'redact', name, '--revision', '0', '--json');
    expect(JSON.parse(redacting.stderr).errors).toMatchObject([{ code: 'unusable-file' }]);
    // Nor does the command line add to the tree what would hide it, or give out this log beside what was signed of the other.
    for (const command of [
      'audit checkpoint',
      `export ${join(folder.path, 'export.ndjson')} --checkpoint ${checkpoint}`,
    ]) {
      const { exitCode, stderr } = await cli.run(...command.split(' '), '--json');
      expect(exitCode).toBe(1);
      expect(JSON.parse(stderr).errors).toMatchObject([{ code: 'log-forked' }]);
    }
    await refused(
      /events\.sqlite is not the log that the database has followed: .* "npm run -s cli -- projection rebuild"/,
    );
  });
});
