import { hash } from 'node:crypto';
import fc from 'fast-check';
import {
  consistencyProofOf,
  EMPTY_ROOT,
  GrowingTree,
  type Hash,
  inclusionProofOf,
  isConsistent,
  leafHash,
  nodeHash,
  type Range,
  rangeHash,
  rootByInclusion,
  subtreesOf,
} from './merkle-tree';

/** Leaves, roots and proofs that Certificate Transparency's reference implementation publishes for RFC 6962. */
const PUBLISHED_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const PUBLISHED_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PUBLISHED_CONSISTENCY = [
  { from: 1, to: 1, proof: [] },
  {
    from: 2,
    to: 5,
    proof: [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
  {
    from: 6,
    to: 7,
    proof: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
];

const leaves = (count: number): Hash[] =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.of(index, index >> 8)));

/** The tree by its definition: the hash of a list of leaves. */
function rootOf(list: readonly Hash[]): Hash {
  if (list.length <= 1) return list[0] ?? EMPTY_ROOT;
  let left = 1;
  while (left * 2 < list.length) left *= 2;
  return nodeHash(rootOf(list.slice(0, left)), rootOf(list.slice(left)));
}

const hashesOf = (ranges: readonly Range[], list: readonly Hash[]): Hash[] =>
  ranges.map(({ begin, end }) => rootOf(list.slice(begin, end)));

const trees = fc.integer({ min: 1, max: 300 });

describe('a Merkle tree of RFC 6962', () => {
  const published = PUBLISHED_LEAVES.map((leaf) => leafHash(Buffer.from(leaf, 'hex')));

  it('has the published roots', () => {
    const tree = new GrowingTree();
    const roots = [tree.root.toString('hex')];
    for (const leaf of published) {
      tree.append(leaf);
      roots.push(tree.root.toString('hex'));
    }
    expect(roots).toEqual(PUBLISHED_ROOTS);
    expect(EMPTY_ROOT.toString('hex')).toBe(hash('sha256', ''));
  });

  it.each(PUBLISHED_CONSISTENCY)('has the published consistency proof from $from to $to', ({ from, to, proof }) => {
    expect(hashesOf(consistencyProofOf(from, to), published).map((each) => each.toString('hex'))).toEqual(proof);
  });

  // Section 2.1.3 of the RFC draws a tree of seven leaves and lists the nodes of four inclusion proofs.
  it.each([
    {
      leaf: 0,
      nodes: [
        [1, 2],
        [2, 4],
        [4, 7],
      ],
    },
    {
      leaf: 3,
      nodes: [
        [2, 3],
        [0, 2],
        [4, 7],
      ],
    },
    {
      leaf: 4,
      nodes: [
        [5, 6],
        [6, 7],
        [0, 4],
      ],
    },
    {
      leaf: 6,
      nodes: [
        [4, 6],
        [0, 4],
      ],
    },
  ])('has the inclusion proof of leaf $leaf of seven that the RFC draws', ({ leaf, nodes }) => {
    expect(inclusionProofOf(leaf, 7)).toEqual(nodes.map(([begin, end]) => ({ begin, end })));
  });

  it('grows to the root of its definition, and any part of it from the subtrees that were complete', () => {
    fc.assert(
      fc.property(trees, fc.nat(), (size, kept) => {
        const list = leaves(size);
        const complete = new Map<string, Hash>();
        const begun = new GrowingTree();
        const at = kept % (size + 1);
        const note = ({ level, index }: { level: number; index: number }, node: Hash): void =>
          void complete.set(`${level}/${index}`, node);
        for (const leaf of list.slice(0, at)) begun.append(leaf, note);
        // Continues from the stored edge.
        const tree = new GrowingTree(begun.size, begun.edge);
        for (const leaf of list.slice(at)) tree.append(leaf, note);
        expect(tree.root).toEqual(rootOf(list));
        expect(tree.size).toBe(size);
        for (const range of [{ begin: 0, end: size }, ...inclusionProofOf(at % size, size)]) {
          const nodes = subtreesOf(range).map(({ level, index }) => complete.get(`${level}/${index}`) as Hash);
          expect(rangeHash(nodes)).toEqual(rootOf(list.slice(range.begin, range.end)));
        }
      }),
    );
  });

  it('proves each of its leaves, and nothing else', () => {
    fc.assert(
      fc.property(trees, fc.nat(), fc.nat(), (size, seed, spoiled) => {
        const list = leaves(size);
        const index = seed % size;
        const proof = hashesOf(inclusionProofOf(index, size), list);
        const root = rootOf(list);
        const leaf = list[index] as Hash;
        expect(rootByInclusion(leaf, index, size, proof)).toEqual(root);
        expect(rootByInclusion(leafHash(leaf), index, size, proof)).not.toEqual(root);
        if (size > 1) expect(rootByInclusion(leaf, (index + 1) % size, size, proof)).not.toEqual(root);
        expect(rootByInclusion(leaf, index, size, [...proof, root])).toBeNull();
        expect(rootByInclusion(leaf, size, size, proof)).toBeNull();
        if (proof.length === 0) return;
        expect(rootByInclusion(leaf, index, size, proof.slice(1))).not.toEqual(root);
        const wrong = proof.with(spoiled % proof.length, leafHash(root));
        expect(rootByInclusion(leaf, index, size, wrong)).not.toEqual(root);
      }),
    );
  });

  it('proves that it begins with any tree it was, and with no other', () => {
    fc.assert(
      fc.property(trees, fc.nat(), fc.nat(), (to, seed, spoiled) => {
        const list = leaves(to);
        const from = seed % (to + 1);
        const older = { size: from, root: rootOf(list.slice(0, from)) };
        const newer = { size: to, root: rootOf(list) };
        const proof = hashesOf(consistencyProofOf(from, to), list);
        expect(isConsistent(older, newer, proof)).toBe(true);
        expect(isConsistent({ ...older, root: leafHash(older.root) }, newer, proof)).toBe(false);
        expect(isConsistent(older, newer, [...proof, newer.root])).toBe(false);
        if (from > 0) expect(isConsistent(older, { ...newer, root: leafHash(newer.root) }, proof)).toBe(false);
        if (from < to) expect(isConsistent(newer, older, proof)).toBe(false);
        if (proof.length === 0) return;
        expect(isConsistent(older, newer, proof.with(spoiled % proof.length, leafHash(older.root)))).toBe(false);
      }),
    );
  });
});
