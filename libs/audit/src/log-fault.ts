import type { LoggedEvent, Position } from '@connections/event-store/event-store';

/**
 * What is wrong. `forked`: all that is stored is consistent, but not with what was signed. `tree-changed`: the log is
 * what was signed, but the table of the tree is not. `text-changed`: a text is not the one that was committed to.
 * `unknown-key`: a checkpoint is signed by no trusted key, so that nothing is known of it.
 */
export type FaultCode =
  | 'changed'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'truncated'
  | 'forked'
  | 'tree-changed'
  | 'text-changed'
  | 'checkpoint-changed'
  | 'unknown-key';

/** The first thing found wrong with a log. */
export interface LogFault {
  readonly code: FaultCode;
  /** `stream@revision`; null if it cannot be told. */
  readonly event: string | null;
  /** Its index in the log, counted from 0. */
  readonly index: number;
  /** Null if the event is not in the log. */
  readonly position: Position | null;
  readonly why: string;
}

/** Thrown where a fault is found, so that nothing after it is looked at. */
export class FaultFound extends Error {
  constructor(readonly fault: LogFault) {
    super(fault.why);
  }
}

export const nameOf = ({ stream, revision }: Pick<LoggedEvent, 'stream' | 'revision'>): string =>
  `${stream}@${revision}`;
