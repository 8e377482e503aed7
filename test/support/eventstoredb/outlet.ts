import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { once } from 'node:events';
import { type Node, type Strike, strike } from './node';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Ends the work for a call that is over. */
export class CallOver extends Error {}

/** The way to the client: as fast as it takes the answers, and as far as the call's fault lets them through. */
export class Outlet {
  private readonly over = new AbortController();
  private eventsLeft: number;

  constructor(
    private readonly node: Node,
    private readonly call: ReadCall,
    private readonly fault: Strike | undefined,
  ) {
    this.eventsLeft = (fault !== undefined && 'after' in fault ? fault.after : undefined) ?? Infinity;
    call.on('cancelled', () => this.over.abort(new CallOver()));
  }

  /** Aborted with a {@link CallOver} as soon as nobody listens any more. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  /** Sends an answer and waits while the client is slower than we are. */
  async send(response: ReadResp): Promise<void> {
    if (this.eventsLeft === 0) this.strike();
    this.signal.throwIfAborted();
    if (response.hasEvent()) this.eventsLeft -= 1;
    if (!this.call.write(response)) await once(this.call, 'drain', { signal: this.signal }).catch(() => undefined);
    if (this.eventsLeft === 0) this.strike();
  }

  private strike(): never {
    if (this.fault !== undefined) {
      strike(this.node, this.fault, {
        peer: this.call.getPeer(),
        fail: (error) => this.call.emit('error', error),
        end: () => this.call.end(),
      });
    }
    this.over.abort(new CallOver());
    throw new CallOver();
  }
}
