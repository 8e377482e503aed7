import { fromHex, toHex } from './bytes';
import { leafOf, rootFrom, sidesOf } from './inclusion';

/** Leaves and roots that Certificate Transparency's reference implementation publishes for RFC 6962. */
const PUBLISHED_LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'];
const PUBLISHED_ROOT_OF_SEVEN = 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c';

/** The siblings from each of seven leaves up to the root, as drawn in section 2.1.3 of the RFC. */
describe('an inclusion proof', () => {
  it.each([
    [0, ['right', 'right', 'right']],
    [3, ['left', 'left', 'right']],
    [4, ['right', 'right', 'left']],
    [6, ['left', 'left']],
  ])('of leaf %i of seven has the siblings that the RFC draws', (leaf, sides) => {
    expect(sidesOf(leaf, 7)).toEqual(sides);
  });

  it('of the only leaf is empty, and the leaf is the root', async () => {
    const leaf = await leafOf(fromHex('')!);
    expect(toHex(leaf)).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(await rootFrom(leaf, 0, 1, [])).toEqual(leaf);
  });

  it('leads to the published root', async () => {
    const leaves = await Promise.all(PUBLISHED_LEAVES.map((leaf) => leafOf(fromHex(leaf)!)));
    const above = async (begin: number, end: number) =>
      (await rootFrom(leaves[begin]!, 0, end - begin, leaves.slice(begin + 1, end)))!;
    const [left, right] = [await fourFrom(leaves.slice(0, 4)), await above(4, 6)];
    expect(toHex((await rootFrom(leaves[6]!, 6, 7, [right, left]))!)).toBe(PUBLISHED_ROOT_OF_SEVEN);
  });

  it('knows places beyond 32 bits', () => {
    expect(sidesOf(2 ** 40, 2 ** 40 + 1)).toEqual(['left']);
    expect(sidesOf(0, 2 ** 40)).toHaveLength(40);
  });
});

async function fourFrom([a, b, c, d]: Parameters<typeof rootFrom>[0][]) {
  const right = (await rootFrom(c!, 0, 2, [d!]))!;
  return (await rootFrom(a!, 0, 4, [b!, right]))!;
}
