import type { status } from '@grpc/grpc-js';

export type CallKind = 'serverFeatures' | 'append' | 'batchAppend' | 'read' | 'subscribe' | 'gossip';

/**
 * A fault of a call, or in `batchAppend` of one append. With `after`, a read or subscription first sends that many
 * events; without it, nothing is answered at all. With `committed`, an append is stored first: only its acknowledgement
 * is lost.
 */
export type Fault =
  | {
      readonly kind: 'error';
      readonly code: status;
      readonly details?: string;
      readonly after?: number;
      readonly committed?: boolean;
    }
  /** Never answers, without an error. */
  | { readonly kind: 'silence'; readonly after?: number; readonly committed?: boolean }
  /** Ends the call as if it were complete; a single answer is empty. */
  | { readonly kind: 'end'; readonly after?: number; readonly committed?: boolean }
  /** Breaks the connection. */
  | { readonly kind: 'kill'; readonly after?: number; readonly committed?: boolean }
  /** The server gave up on a write, which may still have been stored: `committed`. */
  | { readonly kind: 'timeout'; readonly committed?: boolean }
  /** The server has only just started. */
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'not-leader'; readonly host: string; readonly port: number }
  /** Answers as usual, but later. */
  | { readonly kind: 'delay'; readonly ms: number };

interface Scripted {
  readonly fault: Fault;
  left: number;
}

/** The ordered faults by kind of call; those ordered first come first. */
export class Faults {
  private readonly scripts = new Map<CallKind, Scripted[]>();

  /**
   * @param times how many calls it affects; by default, every call until it is lifted.
   * @returns a function that lifts it.
   */
  on(call: CallKind, fault: Fault, { times = Infinity }: { readonly times?: number | undefined } = {}): () => void {
    const script = { fault, left: times };
    this.scripts.set(call, [...(this.scripts.get(call) ?? []), script]);
    return () => {
      script.left = 0;
    };
  }

  /** Lifts all faults. */
  clear(): void {
    this.scripts.clear();
  }

  /** The fault of this call, if one was ordered. */
  take(call: CallKind): Fault | undefined {
    const script = this.scripts.get(call)?.find(({ left }) => left > 0);
    if (script === undefined) return undefined;
    script.left -= 1;
    return script.fault;
  }
}
