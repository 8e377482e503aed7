import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { once } from 'node:events';
import { CallOver } from './call';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/**
 * Sends answers to the client no faster than it takes them, and up to the number of events that a fault lets through.
 */
export class Outlet {
  private readonly over = new AbortController();

  /** @param strike replaces everything after the last event that is let through. */
  constructor(
    private readonly call: ReadCall,
    private eventsLeft: number,
    private readonly strike: () => void,
  ) {
    call.on('cancelled', () => this.over.abort(new CallOver()));
  }

  /** Aborted with a {@link CallOver} as soon as the client has left. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  /** Sends an answer, and waits while the client is slower. */
  async send(response: ReadResp): Promise<void> {
    this.signal.throwIfAborted();
    if (response.hasEvent()) this.eventsLeft -= 1;
    if (!this.call.write(response)) await once(this.call, 'drain', { signal: this.signal }).catch(() => undefined);
    if (this.eventsLeft === 0) this.over.abort(new CallOver());
    if (this.eventsLeft === 0) this.strike();
    this.signal.throwIfAborted();
  }

  /** Ends the call. */
  end(): void {
    this.call.end();
  }
}
