import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { breakBetween, type Link } from './chain';
import { readKey, type VerifierKey } from './signed-note';
import { type InclusionProof, verifyEvent } from './verify-event';

const GOLDEN = join(__dirname, '../../../../../test/golden/exports');

/** The content of an export of a connection, verified by both the service's own verifier and the one in Python. */
interface Golden {
  readonly proofs: readonly InclusionProof[];
  readonly links: readonly Link[];
}

function golden(): Golden {
  const lines = readFileSync(join(GOLDEN, 'connection.ndjson'), 'utf8').trimEnd().split('\n');
  const [begun, ...others] = lines.map((line) => JSON.parse(line));
  const { checkpoint } = begun.data as { checkpoint: string };
  const events = others.slice(0, -1).map(({ data }) => data);
  return {
    proofs: events.map((data) => ({
      eventHash: data['event-metadata'].hash as string,
      leafIndex: data['leaf-index'] as number,
      treeSize: 11,
      path: data.proof as string[],
      checkpoint,
    })),
    links: events.map((data) => ({
      revision: data.revision as number,
      hash: data['event-metadata'].hash as string,
      previousHash: data['event-metadata']['previous-hash'] as string | null,
      leafIndex: data['leaf-index'] as number,
    })),
  };
}

const OTHER_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';

describe('the proof of an event', () => {
  const { proofs, links } = golden();
  let keys: VerifierKey[];
  let others: VerifierKey[];
  beforeAll(async () => {
    keys = [(await readKey(readFileSync(join(GOLDEN, 'log.pub'), 'utf8').trim()))!];
    others = [(await readKey(OTHER_KEY))!];
  });

  it('leads from every event of an export to what was signed', async () => {
    expect(proofs.length).toBeGreaterThan(3);
    for (const proof of proofs) {
      expect(await verifyEvent(proof.eventHash, proof, keys)).toMatchObject({
        leafIndex: proof.leafIndex,
        checkpoint: { origin: 'log.example', size: 11, signedAt: '2026-07-01T00:00:00.000Z', signedBy: ['92db94aa'] },
      });
    }
  });

  it('is believed of the hash that is shown and of no other', async () => {
    const [first, second] = proofs as [InclusionProof, InclusionProof];
    expect(await verifyEvent(second.eventHash, first, keys)).toEqual({ why: expect.stringContaining('another hash') });
    const swapped = { ...first, eventHash: second.eventHash };
    expect(await verifyEvent(second.eventHash, swapped, keys)).toEqual({ why: expect.stringContaining('not lead') });
    expect(await verifyEvent(null, { ...first, eventHash: null }, keys)).toEqual({
      why: expect.stringContaining('no hash'),
    });
  });

  it('is of one place', async () => {
    const [first] = proofs as [InclusionProof];
    for (const leafIndex of [-1, 0, 2, 10, 11, 0.5]) {
      expect(await verifyEvent(first.eventHash, { ...first, leafIndex }, keys)).toHaveProperty('why');
    }
  });

  it('is not believed when a key that nobody knows has signed', async () => {
    const [first] = proofs as [InclusionProof];
    for (const believed of [[], others]) {
      expect(await verifyEvent(first.eventHash, first, believed)).toEqual({ why: expect.stringContaining('None') });
    }
    expect(await verifyEvent(first.eventHash, first, [...others, ...keys])).toHaveProperty('checkpoint');
  });

  it('is found out when any letter of it was changed', async () => {
    const changed = (text: string, at: number): string => {
      const letter = text[at % text.length] as string;
      return text.slice(0, at % text.length) + (letter === 'A' ? 'B' : 'A') + text.slice((at % text.length) + 1);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(proofs.length - 1),
        fc.constantFrom<(keyof InclusionProof)[]>('path', 'checkpoint', 'eventHash'),
        fc.nat(),
        fc.nat(),
        async (event, part, which, at) => {
          const proof = proofs[event]!;
          const path = proof.path.with(which % proof.path.length, changed(proof.path[which % proof.path.length]!, at));
          const spoilt: InclusionProof = {
            path: { ...proof, path },
            checkpoint: { ...proof, checkpoint: changed(proof.checkpoint, at) },
            eventHash: { ...proof, eventHash: changed(proof.eventHash!, at) },
          }[part as 'path'];
          expect(await verifyEvent(spoilt.eventHash, spoilt, keys)).toHaveProperty('why');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is none when a hash is missing or one is too many', async () => {
    const [first] = proofs as [InclusionProof];
    for (const path of [[], first.path.slice(1), [...first.path, first.path[0]!], [...first.path.slice(1), 'AAAA']]) {
      expect(await verifyEvent(first.eventHash, { ...first, path }, keys)).toEqual({
        why: expect.stringContaining('is none'),
      });
    }
  });

  it.each(['', 'log.example\n11\n', 'log.example\n11\n\n\n', 'a\n\n— b c\n'])('is none with %j', async (checkpoint) => {
    const [first] = proofs as [InclusionProof];
    expect(await verifyEvent(first.eventHash, { ...first, checkpoint }, keys)).toEqual({
      why: expect.stringContaining('is none'),
    });
  });

  it.each(['', 'x', 'log.example+00000000+AAAA', OTHER_KEY.replace('c74f20a3', 'c74f20a4')])(
    'takes no key %j',
    async (line) => expect(await readKey(line)).toBeNull(),
  );

  it('of a history has one event follow another', () => {
    let before: Link | null = null;
    for (const link of links) {
      expect(breakBetween(before, link)).toBeNull();
      before = link;
    }
    const [zero, one, two] = links as [Link, Link, Link];
    expect(breakBetween(null, one)).toEqual({ why: 'Revision 0 is missing.' });
    expect(breakBetween(zero, two)).toEqual({ why: 'Revision 1 is missing.' });
    expect(breakBetween(zero, { ...one, previousHash: two.hash })).toEqual({ why: expect.stringContaining('another') });
    expect(breakBetween(null, { ...zero, previousHash: two.hash })).toHaveProperty('why');
    expect(breakBetween(zero, { ...one, leafIndex: zero.leafIndex })).toEqual({
      why: expect.stringContaining('lies before'),
    });
  });
});
