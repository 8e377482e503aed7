import type { status } from '@grpc/grpc-js';

export type CallKind = 'serverFeatures' | 'append' | 'batchAppend' | 'read' | 'subscribe' | 'gossip';

/**
 * What goes wrong with a call, or in `batchAppend` with one append.
 * With `after` a read or subscription sends that many events first; without, nothing is answered at all.
 * With `committed` an append is stored first: its acknowledgement is what gets lost.
 */
export type Fault =
  | {
      readonly kind: 'error';
      readonly code: status;
      readonly details?: string;
      readonly after?: number;
      readonly committed?: boolean;
    }
  /** Never answers, and never says that it will not. */
  | { readonly kind: 'silence'; readonly after?: number; readonly committed?: boolean }
  /** Ends the call as if all had been said; a single answer is empty. */
  | { readonly kind: 'end'; readonly after?: number; readonly committed?: boolean }
  /** Breaks the connection. */
  | { readonly kind: 'kill'; readonly after?: number; readonly committed?: boolean }
  /** The server gave up on a write, of which it may still be stored: `committed`. */
  | { readonly kind: 'timeout'; readonly committed?: boolean }
  /** The server has only just started. */
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'not-leader'; readonly host: string; readonly port: number }
  /** Answers as usual, later. */
  | { readonly kind: 'delay'; readonly ms: number };

interface Scripted {
  readonly fault: Fault;
  left: number;
}

/** The faults that were ordered, by kind of call; the first ordered comes first. */
export class Faults {
  private readonly scripts = new Map<CallKind, Scripted[]>();

  /**
   * @param times how many calls it strikes; without, every call until it is lifted.
   * @returns lifts it.
   */
  on(call: CallKind, fault: Fault, { times = Infinity }: { readonly times?: number | undefined } = {}): () => void {
    const script = { fault, left: times };
    this.scripts.set(call, [...(this.scripts.get(call) ?? []), script]);
    return () => {
      script.left = 0;
    };
  }

  /** Lifts all. */
  clear(): void {
    this.scripts.clear();
  }

  /** The fault of this call, if one was ordered for it. */
  take(call: CallKind): Fault | undefined {
    const script = this.scripts.get(call)?.find(({ left }) => left > 0);
    if (script === undefined) return undefined;
    script.left -= 1;
    return script.fault;
  }
}
