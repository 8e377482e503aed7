import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKey, type VerifierKey } from './signed-note';
import type { InclusionProof } from './verify-event';
import { verifyHistory } from './verify-history';

const GOLDEN = join(__dirname, '../../../../../test/golden/exports');

interface Told {
  readonly event: { readonly revision: number; readonly hash: string; readonly previousHash: string | null };
  readonly proof: InclusionProof;
}

function told(): Told[] {
  const [begun, ...others] = readFileSync(join(GOLDEN, 'connection.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return others.slice(0, -1).map(({ data }) => ({
    event: {
      revision: data.revision,
      hash: data['event-metadata'].hash,
      previousHash: data['event-metadata']['previous-hash'],
    },
    proof: {
      eventHash: data['event-metadata'].hash,
      leafIndex: data['leaf-index'],
      treeSize: 11,
      path: data.proof,
      checkpoint: begun.data.checkpoint,
    },
  }));
}

describe('a whole history', () => {
  const all = told();
  let keys: VerifierKey[];
  beforeAll(async () => {
    keys = [(await readKey(readFileSync(join(GOLDEN, 'log.pub'), 'utf8').trim()))!];
  });

  async function* inParts(list: readonly Told[], size: number): AsyncIterable<Told['event'][]> {
    for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size).map(({ event }) => event);
  }
  const verify = (list: readonly Told[], size = 2, onProgress: (events: number) => void = () => undefined) =>
    verifyHistory(
      inParts(list, size),
      async (revision) => list.find(({ event }) => event.revision === revision)!.proof,
      keys,
      onProgress,
    );

  it.each([1, 2, 100])('is proven in parts of %i', async (size) => {
    const heard: number[] = [];
    const result = await verify(all, size, (events) => heard.push(events));
    expect(result).toMatchObject({ events: all.length, checkpoint: { size: 11, origin: 'log.example' } });
    expect(heard).toHaveLength(Math.ceil(all.length / size));
    expect(heard.at(-1)).toBe(all.length);
  });

  it('is not proven where an event is missing', async () => {
    expect(await verify(all.toSpliced(1, 1))).toEqual({ revision: 2, why: 'Revision 1 is missing.' });
    expect(await verify(all.slice(1))).toEqual({ revision: 1, why: 'Revision 0 is missing.' });
    expect(await verify([])).toEqual({ revision: 0, why: 'There are no events.' });
  });

  it('is not proven where an event is another', async () => {
    const [first, second] = all as [Told, Told];
    const other = { ...second, event: { ...second.event, hash: first.event.hash } };
    expect(await verify(all.with(1, other))).toEqual({ revision: 1, why: expect.stringContaining('another hash') });
    const alone = { ...second, event: { ...second.event, previousHash: null } };
    expect(await verify(all.with(1, alone))).toEqual({ revision: 1, why: expect.stringContaining('another event') });
  });

  it('is not proven by two different checkpoints', async () => {
    const { checkpoint: older } = (
      JSON.parse(readFileSync(join(GOLDEN, 'everything-since-5.ndjson'), 'utf8').split('\n')[0]!) as {
        data: { since: { checkpoint: string } };
      }
    ).data.since;
    const changed = all.with(1, { ...all[1]!, proof: { ...all[1]!.proof, checkpoint: older } });
    expect(await verify(changed)).toMatchObject({ revision: 1 });
  });
});
