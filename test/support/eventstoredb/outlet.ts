import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { once } from 'node:events';
import { CallOver } from './call';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/**
 * The way to the client: as fast as it takes the answers, and until as many events were sent as a fault lets through.
 */
export class Outlet {
  private readonly over = new AbortController();

  /** @param strike happens instead of everything after the last event that is let through. */
  constructor(
    private readonly call: ReadCall,
    private eventsLeft: number,
    private readonly strike: () => void,
  ) {
    call.on('cancelled', () => this.over.abort(new CallOver()));
  }

  /** Aborted with a {@link CallOver} as soon as nobody listens any more. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  /** Sends an answer and waits while the client is slower than we are. */
  async send(response: ReadResp): Promise<void> {
    this.signal.throwIfAborted();
    if (response.hasEvent()) this.eventsLeft -= 1;
    if (!this.call.write(response)) await once(this.call, 'drain', { signal: this.signal }).catch(() => undefined);
    if (this.eventsLeft === 0) this.over.abort(new CallOver());
    if (this.eventsLeft === 0) this.strike();
    this.signal.throwIfAborted();
  }

  /** Says that this was all. */
  end(): void {
    this.call.end();
  }
}
