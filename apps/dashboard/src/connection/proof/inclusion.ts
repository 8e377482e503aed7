import { type Bytes, joined, sha256 } from './bytes';

/** The Merkle tree of RFC 6962, section 2.1; see docs/proof-format.md, section 3. */

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The leaf of an event. @param eventHash the 32 bytes of the event's hash. */
export const leafOf = (eventHash: Bytes): Promise<Bytes> => sha256(joined(LEAF, eventHash));

const nodeOf = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(joined(NODE, left, right));

/** On which side each sibling lies, from a leaf up to the root of a tree of `size` leaves, lowest first. */
export function sidesOf(index: number, size: number): ('left' | 'right')[] {
  const sides: ('left' | 'right')[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + largestPowerOfTwoBelow(end - begin);
    if (index < middle) {
      sides.push('right');
      end = middle;
    } else {
      sides.push('left');
      begin = middle;
    }
  }
  return sides.reverse();
}

/** Without bit shifts, since sizes may exceed 32 bits. */
function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The root computed from a leaf and its proof; null when the proof has the wrong form for this leaf and size. */
export async function rootFrom(
  leaf: Bytes,
  index: number,
  size: number,
  path: readonly Bytes[],
): Promise<Bytes | null> {
  const isPlace = Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
  if (!isPlace) return null;
  const sides = sidesOf(index, size);
  if (sides.length !== path.length || path.some(({ length }) => length !== HASH_BYTES)) return null;
  let root = leaf;
  for (const [step, sibling] of path.entries()) {
    root = await (sides[step] === 'left' ? nodeOf(sibling, root) : nodeOf(root, sibling));
  }
  return root;
}
