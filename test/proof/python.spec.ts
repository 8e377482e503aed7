import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyExport } from '@connections/audit/export/verify-export';
import { verifierLine } from '@connections/audit/signed-note';
import { chance as chanceOf } from '../support/chance';
import { temporaryFolder } from '../support/temporary-folder';
import { goldenExports, goldenFolder, goldenKey } from './golden-exports';
import { dishonest, madeOf } from './dishonest-exports';
import { manipulations } from './manipulations';
import { type SampleExport, sampleExport } from './sample-exports';

const SCRIPT = join(__dirname, 'verify_export.py');
const hasPython = spawnSync('python3', ['--version']).status === 0;
const described = hasPython ? describe : describe.skip;
const why = hasPython ? '' : ' (skipped: there is no python3 on this machine)';
const seed = Number(process.env['PROOF_SEED'] ?? Date.now() % 1_000_000);

interface Verdict {
  readonly whole: boolean;
  readonly events?: number;
}

/** What the verifier in Python says of some files, in their order. */
function python(files: readonly string[]): { readonly verdicts: Verdict[]; readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync('python3', [SCRIPT, '--key', verifierLine(goldenKey), ...files]);
  if (stderr.length > 0) throw new Error(stderr.toString());
  const verdicts = stdout.toString().trimEnd().split('\n');
  return { verdicts: verdicts.map((line) => JSON.parse(line) as Verdict), status };
}

described(`a verifier in another language, written from docs/proof-format.md alone${why}`, () => {
  const folder = temporaryFolder();
  const file = (name: string, bytes: Buffer): string => {
    const path = join(folder.path, name);
    writeFileSync(path, bytes);
    return path;
  };
  afterAll(() => folder.remove());

  it('finds the golden exports whole', async () => {
    const files = (await goldenExports()).map(({ name }) => join(goldenFolder, name));
    const { verdicts, status } = python(files);
    expect(verdicts.map(({ whole }) => whole)).toEqual(files.map(() => true));
    expect(status).toBe(0);
  });

  it('finds exports whole that are', async () => {
    const chance = chanceOf(seed);
    const samples = await Promise.all(
      [700, 300, 40, 20, 20, 20, 10, 10].map((most) => sampleExport(chance, [goldenKey], most)),
    );
    const { verdicts, status } = python(samples.map(({ bytes }, at) => file(`whole-${at}`, bytes)));
    expect(verdicts.map(({ whole }) => ({ seed, whole }))).toEqual(samples.map(() => ({ seed, whole: true })));
    expect(status).toBe(0);
  });

  it('agrees with ours on exports that were manipulated', async () => {
    const chance = chanceOf(seed);
    const originals: SampleExport[] = (await goldenExports()).map(({ name, sample }) => ({
      ...sample,
      bytes: readFileSync(join(goldenFolder, name)),
    }));
    const kinds = Object.entries(manipulations);
    const files: { name: string; bytes: Buffer }[] = [];
    for (let at = 0; files.length < 300; at += 1) {
      const [kind, manipulate] = kinds[at % kinds.length] as (typeof kinds)[number];
      const original = originals[chance(originals.length)] as SampleExport;
      const other = originals[chance(originals.length)] as SampleExport;
      const manipulated = manipulate(original, chance, other);
      if (manipulated !== null) files.push({ name: `${at} ${kind}`, bytes: manipulated.bytes });
    }
    const { verdicts } = python(files.map(({ name, bytes }) => file(name, bytes)));
    const ours = await Promise.all(
      files.map(async ({ bytes }) => 'whole' in (await verifyExport([bytes], { keys: [goldenKey], witnesses: [] }))),
    );
    // Some swaps and mixtures change nothing, so both find them whole.
    expect(files.map(({ name }, at) => ({ seed, name, whole: verdicts[at]?.whole }))).toEqual(
      files.map(({ name }, at) => ({ seed, name, whole: ours[at] })),
    );
    expect(ours.filter((whole) => !whole).length).toBeGreaterThan(200);
  });

  it.each(Object.entries(dishonest))('agrees with ours that %s is not whole', async (name, make) => {
    const bytes = await make();
    expect(python([file(name, bytes)]).verdicts).toMatchObject([{ whole: false }]);
    expect(await verifyExport([bytes], { keys: [goldenKey], witnesses: [] })).toHaveProperty('finding');
  });

  it('agrees with ours that a name may be empty', async () => {
    const bytes = await madeOf((log) => log.names.set('org_SOURCE1', ''));
    expect(python([file('empty name', bytes)]).verdicts).toMatchObject([{ whole: true }]);
    expect(await verifyExport([bytes], { keys: [goldenKey], witnesses: [] })).toHaveProperty('whole');
  });

  it('says how it is called when it is called wrongly', () => {
    expect(spawnSync('python3', [SCRIPT]).status).toBe(2);
    expect(spawnSync('python3', [SCRIPT, '--key', 'no key', 'file']).status).toBe(2);
  });
});
