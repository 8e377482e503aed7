import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb';
import type { ClientDuplexStream, ClientReadableStream, ClientWritableStream } from '@grpc/grpc-js';
import type { ClientSettings } from './options';

/** Every call asks for the leader: what a follower shows may be behind. */
const TO_THE_LEADER = { requiresLeader: true };
/** Calls that stay open have no deadline; they are bounded by how long the server is silent. */
const STAYS_OPEN = { deadline: Infinity };

/**
 * The client as far as it is used here: it finds the server, connects, proves who we are and follows the leader. The
 * calls are made of its own messages, because its ready-made ones lose answers, cannot be bounded in time, and raise
 * errors where nobody can catch them. See docs/adr/0014-eventstoredb.md.
 */
export class Connection extends EventStoreDBClient {
  /** When the server last said something, by `performance.now`. */
  heardAt = Number.NEGATIVE_INFINITY;
  #channel: ReturnType<Connection['getChannel']> | undefined;

  constructor({ connection, channel, credentials }: ClientSettings) {
    // The client has a signature for each way to name the server, and one constructor.
    super(connection as Extract<typeof connection, { endpoint: unknown }>, channel, credentials);
    const open = this.getChannel;
    this.getChannel = () => (this.#channel = open());
  }

  /** @param attach is given the call in the turn in which it is made. */
  async read(request: ReadReq, attach: (call: ClientReadableStream<ReadResp>) => void): Promise<void> {
    await this.GRPCStreamCreator(StreamsClient, 'read', (client) => {
      const call = client.read(request, ...this.callArguments(TO_THE_LEADER, STAYS_OPEN));
      call.on('data', this.#heard);
      attach(call);
      return call;
    })();
  }

  async batchAppend(
    attach: (call: ClientDuplexStream<BatchAppendReq, BatchAppendResp>) => void,
  ): Promise<ClientDuplexStream<BatchAppendReq, BatchAppendResp>> {
    return this.GRPCStreamCreator(StreamsClient, 'batchAppend', (client) => {
      const call = client.batchAppend(...this.callArguments(TO_THE_LEADER, STAYS_OPEN));
      call.on('data', this.#heard);
      attach(call);
      return call;
    })();
  }

  /** @param deadline in milliseconds from now. @throws what broke the call. */
  async plainAppend(deadline: number, send: (call: ClientWritableStream<AppendReq>) => void): Promise<AppendResp> {
    return this.execute(
      StreamsClient,
      'append',
      (client) =>
        new Promise((resolve, reject) => {
          const call = client.append(...this.callArguments({ ...TO_THE_LEADER, deadline }), (error, response) => {
            if (error) {
              reject(error);
              return;
            }
            this.#heard();
            resolve(response);
          });
          call.on('error', reject);
          send(call);
        }),
    );
  }

  readonly #heard = (): void => {
    this.heardAt = performance.now();
  };

  /** Breaks all calls and lets go of the socket. */
  async shut(): Promise<void> {
    const channel = this.#channel;
    // What it waits for is that each call has heard of it, and a call that the server has ended never does.
    void this.dispose();
    const opened = await channel?.catch(() => undefined);
    opened?.close();
  }
}
