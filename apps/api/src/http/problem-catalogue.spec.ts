import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from './problem-catalogue';

const page = readFileSync(join(__dirname, '../../../../docs/errors.md'), 'utf8');

/** The cells of the table by row, without its two heading lines. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

describe('docs/errors.md', () => {
  it('has every code of the catalogue with its status and meaning, in the same order, and no other', () => {
    const written = rows.map(([status, code, meaning]) => ({ code, status, meaning }));
    const published = Object.entries(catalogue).map(([code, { status, meaning }]) => ({
      code: `\`${code}\``,
      status: String(status),
      meaning,
    }));
    expect(written).toEqual(published);
  });

  it('says what to do about each', () => {
    expect(rows.filter(([, , , whatToDo = '']) => whatToDo.length < 10)).toEqual([]);
  });
});
