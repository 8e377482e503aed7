import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { KeyFile } from '@connections/audit/key-file';
import { generateSignerKey } from '@connections/audit/signed-note';
import { type Answer, Client, newConnection, newKey, newOrganization, newPair } from '../support/client';
import { CommandLine } from '../support/command-line';
import { othersWrite } from '../support/servers';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const folder = temporaryFolder();
const cli = new CommandLine(join(folder.path, 'data'));
let service: RunningService;
let platform: Client;
let keys: string;

beforeAll(async () => {
  // One process alone makes its key by itself; several are given one.
  new KeyFile(join(cli.dataDir, 'audit.key')).create('connections.example');
  service = await startService(cli.dataDir);
  platform = new Client(service.demo.url, service.demo.platform.key);
  // A key is known once it has signed.
  await platform.get('/audit/export');
  keys = pathOf('log.pub');
  const known = await platform.get('/audit/keys');
  const lines = known.body.data.map((key: { attributes: Record<string, string> }) => key.attributes['verifier-key']);
  writeFileSync(keys, lines.join('\n'));
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const pathOf = (name: string): string => join(folder.path, name);
/** Writes an export into a file and lets the command line verify it. */
async function verified(text: string, name: string, ...more: string[]) {
  writeFileSync(pathOf(name), text);
  return cli.run('verify', pathOf(name), '--key', keys, '--json', ...more);
}
const linesOf = ({ text }: Answer): string[] => text.trimEnd().split('\n');

describe('an export', () => {
  it('of everything is whole, in both formats, and names what was changed', async () => {
    await newConnection(platform, 'inactive');
    for (const format of ['ndjson', 'csv']) {
      const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
      const answer = await platform.get(`/audit/export?format=${format}`, { headers: { accept: type } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(type);
      expect(answer.headers.get('content-disposition')).toMatch(/filename="connections-everything-\d+\.(ndjson|csv)"$/);
      const { exitCode, json } = await verified(answer.text, `all.${format}`);
      expect({ exitCode, whole: json.whole, scope: json.scope }).toEqual({
        exitCode: 0,
        whole: true,
        scope: 'everything',
      });
      expect(json.events).toBe(json['checkpoint-size']);
      const broken = await verified(
        answer.text.replace('ConnectionActivated', 'ConnectionActivatex'),
        `broken.${format}`,
      );
      expect(broken.exitCode).toBe(1);
      expect(broken.json.finding).toMatchObject({ code: 'changed', event: expect.stringMatching(/^cxn_\w+@1$/) });
    }
  });

  it('of an organization has its connections and no others, for auditors and admins', async () => {
    const { source, id } = await newConnection(platform, 'active');
    await newConnection(platform, 'active');
    const auditor = await newKey(platform, source.id, 'auditor');
    const answer = await auditor.client.get('/audit/export');
    expect((await verified(answer.text, 'organization')).json).toMatchObject({
      whole: true,
      scope: `organization:${source.id}`,
      events: 2,
    });
    const subjects = linesOf(answer).map((line) => JSON.parse(line).subject as string | undefined);
    expect(subjects).toEqual([undefined, id, id, undefined]);
    const size = answer.headers.get('content-disposition')?.match(/-(\d+)\.ndjson/)?.[1];
    expect((await source.client.get(`/audit/export?checkpoint=${size}`)).text).toBe(answer.text);
    const member = await newKey(platform, source.id, 'member');
    expect(await member.client.get('/audit/export')).toMatchObject({ status: 403 });
    expect(
      await auditor.client.get(`/audit/export?organization-id=${service.demo.third['organization-id']}`),
    ).toMatchObject({
      status: 404,
    });
  });

  it('of a connection is for its parties and the platform, and hidden from strangers', async () => {
    const { destination, id } = await newConnection(platform, 'active');
    for (const client of [destination.client, platform]) {
      const answer = await client.get(`/audit/export?connection-id=${id}`);
      expect((await verified(answer.text, 'connection')).json).toMatchObject({
        whole: true,
        scope: `connection:${id}`,
        events: 2,
      });
    }
    const stranger = await newOrganization(platform, 'Stranger');
    expect(await stranger.client.get(`/audit/export?connection-id=${id}`)).toMatchObject({ status: 404 });
    expect(await platform.get('/audit/export?connection-id=cxn_1')).toMatchObject({ status: 404 });
  });

  it('goes on from an older checkpoint that whoever verifies has kept', async () => {
    const older = await platform.get('/audit/export');
    const since = Number(/-(\d+)\.ndjson/.exec(older.headers.get('content-disposition') ?? '')?.[1]);
    const kept = pathOf('kept');
    writeFileSync(kept, (await platform.get(`/audit/checkpoints/${since}`)).body.data.attributes.note as string);
    await newConnection(platform, 'active');
    const newer = await platform.get(`/audit/export?since=${since}`);
    expect((await verified(newer.text, 'newer', '--since', kept)).json).toMatchObject({
      whole: true,
      since,
      events: 2,
    });
    expect((await verified(older.text, 'older', '--checkpoint', kept)).json).toMatchObject({ whole: true });
    expect(await platform.get('/audit/export?since=999999')).toMatchObject({ status: 404 });
    expect(await platform.get(`/audit/export?since=${since}&checkpoint=${since}`)).toMatchObject({ status: 200 });
  });

  it('that was broken off goes on from any byte, as long as it is the same', async () => {
    const whole = await platform.get('/audit/export');
    const size = /-(\d+)\.ndjson/.exec(whole.headers.get('content-disposition') ?? '')?.[1];
    const bytes = Buffer.from(whole.text);
    const etag = whole.headers.get('etag') ?? '';
    const path = `/audit/export?checkpoint=${size}`;
    for (const from of [0, 1, 1_000, bytes.length - 1]) {
      const rest = await platform.get(path, { headers: { range: `bytes=${from}-`, 'if-range': etag } });
      expect(rest.status).toBe(206);
      expect(rest.headers.get('content-range')).toBe(`bytes ${from}-${bytes.length - 1}/${bytes.length}`);
      expect(rest.text).toBe(bytes.subarray(from).toString());
    }
    const other = await platform.get(path, { headers: { range: 'bytes=5-', 'if-range': '"other"' } });
    expect({ status: other.status, text: other.text }).toEqual({ status: 200, text: whole.text });
    const behind = await platform.get(path, { headers: { range: `bytes=${bytes.length}-` } });
    expect(behind.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
    expect(behind.body.errors).toMatchObject([{ code: 'range-not-satisfiable', source: { header: 'Range' } }]);
  });

  it.each(['ndjson', 'csv'])('has a refusal in the form of every other: %s', async (format) => {
    const behind = await platform.get(`/audit/export?format=${format}`, { headers: { range: 'bytes=99999999-' } });
    expect(behind).toMatchObject({ status: 416, body: { errors: [{ code: 'range-not-satisfiable' }] } });
    expect(behind.headers.get('content-type')).toMatch(/^application\/json/);
    for (const header of ['etag', 'accept-ranges', 'content-disposition'])
      expect(behind.headers.has(header)).toBe(false);
  });

  it('that was broken off before a text was redacted is given anew, and is whole', async () => {
    const { source, destination } = await newPair(platform);
    const created = await source.client.create(destination.id, { name: 'Ada Lovelace' });
    const id = created.body.data.id as string;
    const path = `/audit/export?connection-id=${id}`;
    const whole = await source.client.get(path);
    expect(whole.text).toContain('Ada Lovelace');
    const etag = whole.headers.get('etag') ?? '';
    const size = /-(\d+)\.ndjson/.exec(whole.headers.get('content-disposition') ?? '')?.[1];
    const redacted = await source.client.post(`/connect/connections/${id}/events/0/redact`, { body: { data: {} } });
    expect(redacted.status).toBe(200);
    const headers = { range: 'bytes=100-', 'if-range': etag };
    const anew = await source.client.get(`${path}&checkpoint=${size}`, { headers });
    expect(anew.status).toBe(200);
    expect(anew.headers.get('etag')).not.toBe(etag);
    expect(anew.text).not.toContain('Ada Lovelace');
    expect((await verified(anew.text, 'redacted')).json).toMatchObject({ whole: true, events: 1 });
  });

  it('is the same from the command line, which goes on with what was broken off', async () => {
    const done = await cli.ask('export', pathOf('cli.ndjson'));
    const bytes = readFileSync(pathOf('cli.ndjson'));
    const over = await platform.get(`/audit/export?checkpoint=${done['checkpoint-size']}`);
    expect(over.text).toBe(bytes.toString());
    writeFileSync(pathOf('again.ndjson.part'), bytes.subarray(0, bytes.length / 2));
    await newConnection(platform, 'pending');
    await cli.ask('export', pathOf('again.ndjson'));
    expect(readFileSync(pathOf('again.ndjson')).equals(bytes)).toBe(true);
    const changed = Buffer.from(bytes.subarray(0, bytes.length / 2));
    changed[changed.length - 9] = 0;
    writeFileSync(pathOf('other.ndjson.part'), changed);
    const refused = await cli.run('export', pathOf('other.ndjson'), '--json');
    expect(JSON.parse(refused.stderr)).toMatchObject({ errors: [{ code: 'other-part' }] });
    expect((await cli.run('export', pathOf('cli.ndjson'))).stderr).toContain('is there already');
  });

  it('is right where several make it at once', async () => {
    const ended = await Promise.all([1, 2, 3].map(() => cli.run('export', pathOf('at-once.ndjson'), '--json')));
    const done = ended.filter(({ exitCode }) => exitCode === 0);
    expect(done).toHaveLength(1);
    for (const { stderr } of ended.filter(({ exitCode }) => exitCode !== 0)) {
      expect(JSON.parse(stderr)).toMatchObject({ errors: [{ code: expect.stringMatching(/part-taken|file-exists/) }] });
    }
    const over = await platform.get(`/audit/export?checkpoint=${done[0]!.json['checkpoint-size']}`);
    expect(readFileSync(pathOf('at-once.ndjson'), 'utf8')).toBe(over.text);
  });

  it('is of an organization from the command line as well, whatever others write to the same log', async () => {
    const { source } = await newConnection(platform, 'active');
    const position = async (): Promise<string> => (await cli.ask('projection', 'status')).projections[0].position;
    const before = await position();
    if (await othersWrite(cli.dataDir, 3_000)) {
      await until('what others wrote has gone by', async () => (await position()) > before);
    }
    const done = await cli.ask('export', pathOf('organization.ndjson'), '--organization', source.id);
    expect(done.events).toBe(2);
    const { json } = await verified(readFileSync(pathOf('organization.ndjson'), 'utf8'), 'organization');
    expect(json).toMatchObject({ whole: true, scope: `organization:${source.id}`, events: 2 });
  });

  it.each([
    ['exported to a folder that is not there', ['export', 'nowhere/all.ndjson'], 'Make its folder, or name another.'],
    ['exported to what lies below a file', ['export', 'file/all.ndjson'], 'is a file. Name another.'],
    [
      'told to be kept in a folder that is not there',
      ['audit', 'verify', '--state', 'nowhere/state'],
      'Make its folder',
    ],
    ['told to go on from a folder', ['audit', 'verify', '--state', '.'], 'it is no file. Name one.'],
    ['exported to a name that is too long', ['export', 'x'.repeat(251)], 'name too long (ENAMETOOLONG). Name another.'],
    ['exported by a link to itself', ['export', 'loop/all.ndjson'], '(ELOOP). Name another.'],
    ['told to be kept by a link to itself', ['audit', 'verify', '--state', 'loop/state'], '(ELOOP). Name another.'],
  ])('%s, is told so in one line', async (_, args, why) => {
    writeFileSync(pathOf('file'), '');
    rmSync(pathOf('loop'), { force: true });
    symlinkSync('loop', pathOf('loop'));
    const named = [...args.slice(0, -1), pathOf(args.at(-1)!)];
    const refused = await cli.run(...named, '--json');
    expect(refused.exitCode).toBe(1);
    const [error] = (JSON.parse(refused.stderr) as { errors: { code: string; details: string }[] }).errors;
    expect(error).toEqual({ code: 'unusable-file', details: expect.stringContaining(why) });
    // Nor of a file that nobody named.
    expect(error!.details).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
    expect(error!.details).not.toContain('\n');
  });

  it('that cannot be read, or whose name has two lines, is told so in one line', async () => {
    const memory = await cli.run('verify', '/proc/self/mem', '--key', keys);
    expect(memory).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^\/proc\/self\/mem .*\(EIO\).*\n$/) });
    for (const args of [['export'], ['audit', 'verify', '--state'], ['audit', 'verify', '--checkpoint']]) {
      const { exitCode, stderr } = await cli.run(...args, pathOf('no\nfolder/file'));
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/^[^\n]+\n$/) });
    }
  });

  it('is on the record, with its end, for those whose connection it is', async () => {
    const { source, destination, id } = await newConnection(platform, 'active');
    expect((await destination.client.get(`/audit/export?connection-id=${id}`)).status).toBe(200);
    const done = await cli.ask('export', pathOf('recorded.ndjson'), '--connection', id);
    let told: Record<string, unknown>[] = [];
    await until('the end of both is recorded', async () => {
      const { data } = (await source.client.get('/audit/accesses?filter[kind]=export')).body;
      told = data.map(({ attributes }: { attributes: Record<string, unknown> }) => attributes);
      told = told.filter((access) => access['subject-id'] === id && access['ended-at'] !== null);
      return told.length === 2;
    });
    expect(told).toMatchObject([
      { role: 'operator', 'credential-id': null, request: `export connection:${id}`, outcome: 'completed' },
      { 'organization-id': destination.id, 'subject-type': 'connection', outcome: 'completed' },
    ]);
    expect(told.map(({ items }) => items)).toEqual([done.events, done.events]);
  });

  it('is not signed by a key of another log', async () => {
    const path = join(cli.dataDir, 'audit.key');
    const own = readFileSync(path);
    const { attributes } = (await platform.get('/audit/checkpoints/latest')).body.data;
    const size = String(attributes.size);
    try {
      writeFileSync(path, generateSignerKey('other.example').line);
      expect((await platform.get(`/audit/export?checkpoint=${size}`)).status).toBe(503);
      const refused = await cli.run('export', pathOf('refused'), '--checkpoint', size);
      expect(refused.stderr).toMatch('holds a key of other.example, and this is the log connections.example');
    } finally {
      writeFileSync(path, own);
    }
    expect((await platform.get(`/audit/export?checkpoint=${size}`)).status).toBe(200);
  });

  it('is told what became of it on its way', async () => {
    const [json, table] = [
      (await platform.get('/audit/export')).text,
      (await platform.get('/audit/export?format=csv', { headers: { accept: 'text/csv' } })).text,
    ];
    const made: [string | Uint8Array, RegExp][] = [
      ['', /empty/],
      [`\ufeff${json}`, /byte order mark/],
      [Buffer.from(`\ufeff${table}`, 'utf16le'), /UTF-16/],
      [gzipSync(json), /gzip/],
      [json.replaceAll('\n', '\r\n'), /CR and LF, .* NDJSON/],
      [table.replaceAll('\r\n', '\n'), /LF, and those of CSV/],
      [Buffer.alloc(300, 0xa5), /begins as no export does/],
    ];
    for (const [bytes, why] of made) {
      writeFileSync(pathOf('odd'), bytes);
      const { exitCode, json: told } = await cli.run('verify', pathOf('odd'), '--key', keys, '--json');
      expect({ exitCode, told }).toMatchObject({
        exitCode: 1,
        told: { whole: false, finding: { code: 'not-an-export', line: 1, why: expect.stringMatching(why) } },
      });
    }
    const folderGiven = await cli.run('verify', folder.path, '--key', keys);
    expect(folderGiven).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It is a folder') });
  });

  it('is verified with a key, and a wrong call is told from a wrong file', async () => {
    const { text } = await platform.get('/audit/export');
    await verified(text, 'file');
    expect((await cli.run('verify', pathOf('file'))).exitCode).toBe(2);
    const missing = await cli.run('verify', pathOf('file'), '--key', 'missing.pub');
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is none of this name') });
    // What breaks off in its first line is one still.
    writeFileSync(pathOf('file.begin'), text.slice(0, 9));
    const begun = await cli.run('verify', pathOf('file.begin'), '--key', keys, '--json');
    expect(begun.json).toMatchObject({ finding: { code: 'truncated' } });
    expect((await cli.run('verify', pathOf('nowhere'), '--key', keys)).exitCode).toBe(2);
    const foreign = 'log.example+92db94aa+Ac3xH2JZ1+AqgPDStrBzlWK/Sgsg3Z4s49XCoL4Rkay0';
    const secret = readFileSync(join(cli.dataDir, 'audit.key'), 'utf8').trim();
    for (const key of [secret, join(cli.dataDir, 'audit.key')]) {
      const { exitCode, stderr } = await cli.run('verify', pathOf('file'), '--key', key);
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('a key to sign with') });
      expect(stderr).not.toContain(secret.split('+').at(-1));
    }
    const unknown = await cli.run('verify', pathOf('file'), '--key', foreign, '--json');
    expect({ exitCode: unknown.exitCode, json: unknown.json }).toMatchObject({
      exitCode: 1,
      json: { whole: false, finding: { code: 'unknown-key', line: 1 } },
    });
  });
});
