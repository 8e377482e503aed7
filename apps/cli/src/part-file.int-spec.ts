import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ndjson } from '@connections/audit/export/ndjson';
import { temporaryFolder } from '../../../test/support/temporary-folder';
import { PartFile } from './part-file';

describe('the file of an export that is under way', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const { signal } = new AbortController();
  const pieces = ['first line\n', 'second line\n', 'third line\n'].map((text) => Buffer.from(text));
  const whole = Buffer.concat(pieces);
  let part: PartFile;
  beforeEach(() => {
    part = new PartFile(join(folder.path, `${Math.random()}.ndjson`));
  });

  const write = async (of: PartFile, taken: readonly Buffer[]): Promise<bigint> => {
    const opened = await of.open(signal);
    try {
      for (const piece of taken) await opened.take(piece);
      return await opened.end();
    } finally {
      await opened.close();
    }
  };

  it('is what was written, and has its name at the end', async () => {
    await part.finish(await write(part, pieces));
    expect(readFileSync(part.file)).toEqual(whole);
    expect(readdirSync(folder.path)).toEqual([basename(part.file)]);
    expect(statSync(part.file).mode & 0o777).toBe(0o600);
  });

  it('is for its owner alone, whoever could read the beginning', async () => {
    writeFileSync(part.path, '', { mode: 0o644 });
    await part.finish(await write(part, pieces));
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

  it('is the last one’s where several write, and nothing of another is in it', async () => {
    const one = await part.open(signal);
    await one.take(Buffer.from('first line\n'));
    const [others] = [await Promise.all([1, 2, 3].map(() => part.open(signal)))];
    const rest = [one, ...others].map(async (opened, index) => {
      // As if it had been written before a text was redacted.
      for (const piece of index === 0 ? [Buffer.from('another line, which is longer\n')] : pieces)
        await opened.take(piece);
      return opened.end().finally(() => opened.close());
    });
    const ended = await Promise.allSettled(rest);
    const inodes = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    expect(inodes).toHaveLength(1);
    for (const end of ended) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'part-taken' });
    await part.finish(inodes[0]!);
    expect(readFileSync(part.file)).toEqual(whole);
  });

  it('is told that it was written to or taken away', async () => {
    const longer = await part.open(signal);
    for (const piece of pieces) await longer.take(piece);
    writeFileSync(part.path, Buffer.concat([whole, whole]));
    await expect(longer.end()).rejects.toMatchObject({ code: 'part-taken' });
    await longer.close();
    rmSync(part.path);
    const gone = await part.open(signal);
    rmSync(part.path);
    for (const piece of pieces) await gone.take(piece);
    await expect(gone.end()).rejects.toMatchObject({ code: 'part-taken' });
    await gone.close();
  });

  it('takes no place that something else has by now', async () => {
    const written = await write(part, pieces);
    writeFileSync(part.file, 'precious');
    await expect(part.finish(written)).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(part.file, 'utf8')).toBe('precious');
    expect(readFileSync(part.path)).toEqual(whole);
  });

  it('knows a name that is taken, also by a link that leads nowhere', () => {
    expect(() => part.refuseTaken()).not.toThrow();
    symlinkSync('nowhere', part.file);
    expect(() => part.refuseTaken()).toThrow(expect.objectContaining({ code: 'file-exists' }));
  });

  it('gives its name to nothing that another process has begun by then', async () => {
    const written = await write(part, pieces);
    const other = await part.open(signal);
    await expect(part.finish(written)).rejects.toMatchObject({ code: 'part-taken' });
    expect(existsSync(part.file)).toBe(false);
    for (const piece of pieces) await other.take(piece);
    await part.finish(await other.end());
    await other.close();
    expect(readFileSync(part.file)).toEqual(whole);
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
    await expect(part.open(signal)).rejects.toMatchObject({ code: 'other-part' });
    rmSync(part.path);
    symlinkSync('nowhere', part.path);
    await expect(part.begunWith(ndjson)).rejects.toMatchObject({ code: 'other-part' });
  });

  it('was begun with none where another process finishes it or takes it away at the same moment', async () => {
    for (let round = 0; round < 100; round += 1) {
      writeFileSync(part.path, '');
      const asked = part.begunWith(ndjson);
      rmSync(part.path);
      expect(await asked).toBeNull();
    }
  });

  it('is no longer read once that is interrupted', async () => {
    writeFileSync(part.path, whole);
    await expect(part.open(AbortSignal.abort())).rejects.toThrow('abort');
    expect(readFileSync(part.path)).toEqual(whole);
  });
});
