import { buffer } from 'node:stream/consumers';
import { chance } from '../../../../test/support/chance';
import { generateSignerKey } from '../signed-note';
import { BeginningChanged, ExportStream, lengthOf } from './export-stream';
import { ndjson } from './ndjson';
import { EVERYTHING } from './scope';
import { randomLog } from './testing/random-log';

const { key } = generateSignerKey('log.example');
const log = randomLog(chance(11), 1_200);
const checkpoint = log.checkpoint([key], '2026-06-01T00:00:00.000Z');
const request = { scope: EVERYTHING, format: ndjson, checkpoint, since: null, signers: [key] };

const rest = (from: number, isSame: () => boolean): ExportStream =>
  new ExportStream(request, log, { from, isSame: () => Promise.resolve(isSame()) });

describe('the stream of an export', () => {
  it('gives the whole, and tells how many events that were', async () => {
    const stream = new ExportStream(request, log);
    expect((await buffer(stream)).length).toBe(await lengthOf(request, log));
    expect(stream.events).toBe(1_200);
  });

  it('gives what comes from any byte on', async () => {
    const whole = await buffer(new ExportStream(request, log));
    for (const from of [0, 1, 700_000, whole.length - 1]) {
      expect((await buffer(rest(from, () => true))).equals(whole.subarray(from))).toBe(true);
    }
    expect((await buffer(rest(whole.length, () => true))).length).toBe(0);
  });

  it('tells how many events it has given, without those that it has skipped', async () => {
    const whole = await lengthOf(request, log);
    const given = async (from: number): Promise<number> => {
      const stream = rest(from, () => true);
      await buffer(stream);
      return stream.events;
    };
    expect(await given(0)).toBe(1_200);
    expect(await given(whole - 1)).toBe(0);
    const half = await given(Math.floor(whole / 2));
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(1_200);
  });

  it('gives nothing that does not belong to the beginning, once a text was redacted meanwhile', async () => {
    const given: Buffer[] = [];
    const stream = rest(700_000, () => false);
    stream.on('data', (piece: Buffer) => given.push(piece));
    await expect(new Promise((_, reject) => stream.once('error', reject))).rejects.toThrow(BeginningChanged);
    expect(given).toEqual([]);
  });

  it.each([
    ['everything', EVERYTHING, null],
    ['an organization, of which nothing is new', { kind: 'organization', id: 'org_1' } as const, checkpoint],
  ])('stops looking when nobody wants it any more: %s', async (_, scope, since) => {
    let seen = 0;
    const [unwanted, gone] = [new AbortController(), new Error('gone')];
    /** Nobody wants it any more after some of what is read. */
    async function* counted<T>(read: AsyncIterable<T>): AsyncGenerator<T> {
      for await (const one of read) {
        seen += 1;
        if (seen === 3) unwanted.abort(gone);
        yield one;
      }
    }
    const counting = {
      head: () => log.log.head(),
      read: (...given: Parameters<typeof log.log.read>) => counted(log.log.read(...given)),
      written: (...given: Parameters<typeof log.log.written>) => counted(log.log.written(...given)),
    };
    const sources = { ...log, log: counting };
    await expect(lengthOf({ ...request, scope, since }, sources, unwanted.signal)).rejects.toBe(gone);
    expect(seen).toBe(3);
  });

  it('asks for that once, when everything before was made', async () => {
    let asked = 0;
    await buffer(rest(1, () => (asked += 1) === 1));
    expect(asked).toBe(1);
  });
});
