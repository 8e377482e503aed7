/** What is wrong with an export. */
export type FindingCode =
  | 'not-an-export'
  | 'changed'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'truncated'
  | 'forked'
  | 'unknown-key'
  | 'broken-chain'
  | 'not-comparable';

/** The first thing found wrong. */
export interface Finding {
  readonly code: FindingCode;
  /** Counted from 1. */
  readonly line: number;
  /** The event concerned, `cxn_…@revision`, if it can be told. */
  readonly event: string | null;
  /** Its place in the tree, counted from 0, if it can be told. */
  readonly leaf: number | null;
  /** One or two sentences. */
  readonly why: string;
  /** What to do. */
  readonly advice: string;
}

/** An export is not what was signed. */
export class NotWhole extends Error {
  constructor(readonly finding: Finding) {
    super(finding.why);
  }
}

/** Makes the error to throw. */
export const finding = (
  code: FindingCode,
  { line, event = null, leaf = null }: { line: number; event?: string | null; leaf?: number | null },
  why: string,
): NotWhole => new NotWhole({ code, line, event, leaf, why, advice: ADVICE[code] });

const AGAIN = 'Fetch the export once more and verify that; if it says the same, ask its operator, and keep this file.';

/** What to do about each. */
const ADVICE: Record<FindingCode, string> = {
  'not-an-export': 'Give a file that the export command or the export route has made.',
  changed: AGAIN,
  removed: AGAIN,
  inserted: AGAIN,
  reordered: AGAIN,
  truncated: 'Fetch the rest of it, from the byte on where it ends, or all of it again.',
  forked:
    'Keep both checkpoints and this file: together they prove that the operator has signed two histories that exclude one another.',
  'unknown-key':
    'Ask the operator, by another way than this file, for the keys it signs by, and give the right one with --key.',
  'broken-chain': 'The log itself was so when its tree was made: keep this file, and ask its operator why.',
  'not-comparable': 'Ask for an export that is made for your checkpoint: since=<its size> or checkpoint=<its size>.',
};
