import { openCheckpoint, signCheckpoint, UnknownSigner } from '@connections/audit/checkpoint';
import { randomLog } from '@connections/audit/export/testing/random-log';
import { type Verdict, verifyExport } from '@connections/audit/export/verify-export';
import { leafHash } from '@connections/audit/merkle-tree';
import { generateSignerKey, MalformedNote } from '@connections/audit/signed-note';
import { chance as chanceOf } from '../support/chance';
import { type Manipulated, manipulations } from './manipulations';
import { type SampleExport, sampleExport, sampleOf } from './sample-exports';

/** Another one each time, unless it is set to see a failure again. */
const SEED = Number(process.env['PROOF_SEED'] ?? Date.now() % 1_000_000);
const CASES = 10_000;
/** Exports that are manipulated. */
const ORIGINALS = 240;

const { key } = generateSignerKey('log.example');
const { key: foreign } = generateSignerKey('log.example');
const verify = (bytes: Buffer, witnesses: SampleExport['checkpoint'][] = []): Promise<Verdict> =>
  verifyExport([bytes], { keys: [key], witnesses });

describe(`exports (seed ${SEED})`, () => {
  it(`of ${CASES} logs are whole, whatever their scope and format`, async () => {
    const chance = chanceOf(SEED);
    for (let at = 0; at < CASES; at += 1) {
      const { bytes, checkpoint, since } = await sampleExport(chance, [key], 9);
      const verdict = await verify(bytes, [checkpoint, ...(since ? [since] : [])]);
      if ('finding' in verdict) throw new Error(`${at}: ${JSON.stringify(verdict.finding)}\n${bytes.toString()}`);
    }
  });

  it(`that were manipulated are found out, ${CASES} of ${CASES}`, async () => {
    const chance = chanceOf(SEED + 1);
    const originals: SampleExport[] = [];
    while (originals.length < ORIGINALS) {
      const log = randomLog(chance, originals.length % 24 === 0 ? 300 : 1 + chance(20));
      // Two of one log, so that exports are mixed that have much in common.
      originals.push(await sampleOf(log, chance, [key]), await sampleOf(log, chance, [key]));
    }
    const whole = new Set(originals.map(({ bytes }) => bytes.toString('latin1')));
    const kinds = Object.entries(manipulations);
    const counts = new Map<string, number>();
    for (let done = 0; done < CASES;) {
      const [kind, manipulate] = kinds[done % kinds.length] as (typeof kinds)[number];
      const at = chance(originals.length);
      const original = originals[at] as SampleExport;
      const other = originals[chance(3) === 0 ? chance(originals.length) : at ^ 1] as SampleExport;
      const manipulated = manipulate(original, chance, other);
      if (manipulated === null || whole.has(manipulated.bytes.toString('latin1'))) continue;
      const wrong = wrongWith(await verify(manipulated.bytes), manipulated);
      if (wrong)
        throw new Error(`${kind}, case ${done} of seed ${SEED}: ${wrong}\n${difference(original, manipulated)}`);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      done += 1;
    }
    expect([...counts.keys()].sort()).toEqual(Object.keys(manipulations).sort());
  });

  it('that somebody else has signed are of an unknown key', async () => {
    const { bytes } = await sampleExport(chanceOf(SEED), [foreign], 30);
    const why = expect.stringMatching(
      /, and the keys given of its log are others: log\.example\+[0-9a-f]{8}\.$/,
    ) as string;
    expect(await verify(bytes)).toMatchObject({ finding: { code: 'unknown-key', line: expect.any(Number), why } });
  });
});

describe(`checkpoints (seed ${SEED})`, () => {
  it('of which a byte was changed are no witnesses', () => {
    const chance = chanceOf(SEED);
    const { note } = randomLog(chance, 5).checkpoint([key], '2026-06-01T00:00:00.000Z');
    for (let at = 0; at < Buffer.byteLength(note); at += 1) {
      const bytes = Buffer.from(note);
      bytes[at] = (bytes[at] as number) ^ (1 + chance(255));
      expect(() => {
        try {
          openCheckpoint(bytes.toString(), [key]);
        } catch (error) {
          if (error instanceof MalformedNote || error instanceof UnknownSigner) throw new Error('refused');
          throw error;
        }
      }).toThrow('refused');
    }
  });

  it('that tell another history find the export forked', async () => {
    const chance = chanceOf(SEED);
    const log = randomLog(chance, 40);
    const sample = await sampleOf(log, () => 0, [key]);
    for (const size of [1, 17, 39, 40]) {
      const own = log.checkpoint([key], 'then', size);
      const fork = openCheckpoint(signCheckpoint({ ...own, root: leafHash(own.root) }, [key]), [key]);
      expect(await verifyExport([sample.bytes], { keys: [key], witnesses: [own] })).toHaveProperty('whole');
      expect(await verifyExport([sample.bytes], { keys: [key], witnesses: [fork] })).toMatchObject({
        finding: { code: 'forked' },
      });
    }
  });
});

/** Null when it was found out as it has to be. */
function wrongWith(verdict: Verdict, { lines, event }: Manipulated): string | null {
  if (!('finding' in verdict)) return 'It was taken for whole.';
  const { finding } = verdict;
  if (lines !== null && !lines.includes(finding.line)) return `Line ${lines.join(' or ')}: ${JSON.stringify(finding)}`;
  if (event !== null && finding.event !== event) return `${event} is not named: ${JSON.stringify(finding)}`;
  return null;
}

function difference({ bytes }: SampleExport, manipulated: Manipulated): string {
  let at = 0;
  while (bytes[at] === manipulated.bytes[at]) at += 1;
  const from = Math.max(0, at - 300);
  return `${bytes.toString('utf8', from, at + 200)}\n---\n${manipulated.bytes.toString('utf8', from, at + 200)}`;
}
