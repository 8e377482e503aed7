import type { Status } from '@connections/connection/domain/lifecycle';
import { type Way, ways } from './walked-path';

/**
 * The layout of the state diagram: one column of statuses in the order in which the lifecycle reaches them, below the
 * point where a connection begins. A transition to the next status is straight, one that skips a status bends to the
 * right, and one back bends to the left. In units of the drawing, which are pixels if there is room.
 */

export const WIDTH = 320;
const MIDDLE = 150;
export const NODE = { width: 112, height: 52 };
const GAP = 78;
export const BEGINNING = { x: MIDDLE, y: 14, radius: 8 };
const FIRST = BEGINNING.y + GAP;
/** How far from the nodes the bends run. */
const BEND = 24;
/** How far from the middle of a side the arrows of bends end, so that two of them do not touch. */
const APART = 10;
const LABEL_GAP = 8;

/** The statuses from top to bottom. */
export const column: readonly Status[] = [...new Set(ways.map(({ to }) => to))];

export const HEIGHT = FIRST + (column.length - 1) * (NODE.height + GAP) + NODE.height + 2;

/** The upper left corner of a status. */
export const cornerOf = (status: Status): { x: number; y: number } => ({
  x: MIDDLE - NODE.width / 2,
  y: FIRST + column.indexOf(status) * (NODE.height + GAP),
});

export interface Drawn {
  /** The `d` of a path that ends in the arrow's head. */
  readonly path: string;
  /** The place of the label: its start, or its end if `anchor` says so, and its vertical middle. */
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' };
}

/** The drawing of a transition. */
export function drawnOf({ from, to }: Way): Drawn {
  const target = cornerOf(to);
  if (from === null) return straight(BEGINNING.y + BEGINNING.radius, target.y);
  const source = cornerOf(from);
  const steps = column.indexOf(to) - column.indexOf(from);
  if (steps === 1) return straight(source.y + NODE.height, target.y);
  const side = steps > 1 ? 1 : -1;
  const edge = MIDDLE + (side * NODE.width) / 2;
  const bend = edge + side * BEND;
  const begin = source.y + NODE.height / 2 + side * APART;
  const end = target.y + NODE.height / 2 - side * APART;
  const radius = BEND / 2;
  const down = Math.sign(end - begin);
  return {
    path: [
      `M${edge} ${begin}`,
      `H${bend - side * radius}`,
      `Q${bend} ${begin} ${bend} ${begin + down * radius}`,
      `V${end - down * radius}`,
      `Q${bend} ${end} ${bend - side * radius} ${end}`,
      `H${edge}`,
    ].join(' '),
    label: { x: bend + side * LABEL_GAP, y: (begin + end) / 2, anchor: side === 1 ? 'start' : 'end' },
  };
}

const straight = (begin: number, end: number): Drawn => ({
  path: `M${MIDDLE} ${begin}V${end}`,
  label: { x: MIDDLE + LABEL_GAP, y: (begin + end) / 2, anchor: 'start' },
});
