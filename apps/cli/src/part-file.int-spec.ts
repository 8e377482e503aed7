import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson } from '@connections/audit/export/ndjson';
import { PartFile } from './part-file';

describe('the file of an export that is under way', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connections-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const { signal } = new AbortController();
  const pieces = ['first line\n', 'second line\n', 'third line\n'].map((text) => Buffer.from(text));
  const whole = Buffer.concat(pieces);
  let part: PartFile;
  beforeEach(() => {
    part = new PartFile(join(folder, `${Math.random()}.ndjson`));
  });

  const write = async (of: PartFile, taken: readonly Buffer[]): Promise<void> => {
    const opened = await of.open(signal);
    try {
      for (const piece of taken) await opened.take(piece);
      await opened.end();
    } finally {
      await opened.close();
    }
  };

  it('is what was written, and has its name at the end', async () => {
    await write(part, pieces);
    await part.finish();
    expect(readFileSync(part.file)).toEqual(whole);
    expect(existsSync(part.path)).toBe(false);
    expect(statSync(part.file).mode & 0o777).toBe(0o600);
  });

  it.each([1, 11, 12, whole.length - 1, whole.length])('is gone on with from byte %s', async (bytes) => {
    writeFileSync(part.path, whole.subarray(0, bytes));
    await write(part, pieces);
    expect(readFileSync(part.path)).toEqual(whole);
  });

  it.each([
    ['has another byte', Buffer.from('first lime\nsecond')],
    ['is longer', Buffer.concat([whole, Buffer.from('x')])],
  ])('is refused where it %s, and stays as it is', async (_, there) => {
    writeFileSync(part.path, there);
    await expect(write(part, pieces)).rejects.toMatchObject({ code: 'other-part' });
    expect(readFileSync(part.path)).toEqual(there);
  });

  it('is right where two write the same, whenever the other begins', async () => {
    const [one, other] = [await part.open(signal), part];
    await one.take(pieces[0]!);
    await one.take(pieces[1]!);
    await write(other, pieces);
    await one.take(pieces[2]!);
    await one.end();
    await one.close();
    expect(readFileSync(part.path)).toEqual(whole);
  });

  it('tells one that was written to or taken away meanwhile', async () => {
    const longer = await part.open(signal);
    for (const piece of pieces) await longer.take(piece);
    writeFileSync(part.path, Buffer.concat([whole, whole]));
    await expect(longer.end()).rejects.toMatchObject({ code: 'other-part' });
    await longer.close();
    rmSync(part.path);
    const taken = await part.open(signal);
    // Nothing is in it yet, so that another process may begin anew.
    await write(part, pieces);
    for (const piece of pieces) await taken.take(piece);
    await expect(taken.end()).rejects.toMatchObject({ code: 'other-part' });
    await taken.close();
    expect(readFileSync(part.path)).toEqual(whole);
  });

  it('takes no place that something else has by now', async () => {
    await write(part, pieces);
    writeFileSync(part.file, 'precious');
    await expect(part.finish()).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(part.file, 'utf8')).toBe('precious');
    expect(readFileSync(part.path)).toEqual(whole);
  });

  it('was begun with a checkpoint, or with none, or is something else', async () => {
    expect(await part.begunWith(ndjson)).toBeNull();
    writeFileSync(part.path, '');
    expect(await part.begunWith(ndjson)).toBeNull();
    writeFileSync(part.path, 'x'.repeat(200_000));
    expect(await part.begunWith(ndjson)).toBeNull();
    const data = '{"form":"connections/export/v1","scope":"everything","checkpoint":"no note","keys":[],"since":null}';
    const type = '"type":"connections.export.begun"';
    writeFileSync(
      part.path,
      `{"specversion":"1.0","id":"a","source":"b",${type},"time":"c","datacontenttype":"application/json","data":${data}}\n`,
    );
    await expect(part.begunWith(ndjson)).rejects.toMatchObject({ code: 'other-part' });
    rmSync(part.path);
    execFileSync('mkfifo', [part.path]);
    await expect(part.begunWith(ndjson)).rejects.toMatchObject({ code: 'other-part' });
  });

  it('is no longer read once that is interrupted', async () => {
    writeFileSync(part.path, whole);
    await expect(part.open(AbortSignal.abort())).rejects.toThrow('abort');
  });
});
