import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyExport } from '@connections/audit/export/verify-export';
import { parseVerifierKey } from '@connections/audit/signed-note';
import { goldenExports, goldenFolder } from './golden-exports';

/** Whoever keeps an export verifies it years later: these files stay as they are, and whole. */
describe('the golden exports', () => {
  const read = (name: string): Buffer => readFileSync(join(goldenFolder, name));
  const keys = [parseVerifierKey(read('log.pub').toString().trim())];

  it('are made again to the byte', async () => {
    const made = await goldenExports();
    expect(readdirSync(goldenFolder).sort()).toEqual(['log.pub', ...made.map(({ name }) => name)].sort());
    for (const { name, sample } of made)
      expect(`${name}\n${sample.bytes.toString()}`).toBe(`${name}\n${read(name).toString()}`);
  });

  it.each(readdirSync(goldenFolder).filter((name) => name !== 'log.pub'))('are whole: %s', async (name) => {
    expect(await verifyExport([read(name)], { keys, witnesses: [] })).toHaveProperty('whole');
  });
});
