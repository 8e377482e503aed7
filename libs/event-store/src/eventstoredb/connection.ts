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

/** Every call requires the leader: a follower may lag behind. */
const TO_THE_LEADER = { requiresLeader: true };
/** Long-lived calls have no deadline; they are bounded by how long the server may be silent. */
const STAYS_OPEN = { deadline: Infinity };

/**
 * The parts of the client that are used here: discovery, connecting, authentication, and following the leader. The
 * calls are made with its generated messages, because its own methods lose answers, cannot be bounded in time, and
 * raise errors that nobody can catch. See docs/adr/0014-eventstoredb.md.
 */
export class Connection extends EventStoreDBClient {
  /** When the server last said something, by `performance.now`. */
  heardAt = Number.NEGATIVE_INFINITY;
  #channel: ReturnType<Connection['getChannel']> | undefined;

  constructor({ connection, channel, credentials }: ClientSettings) {
    // The client has an overload for each way to name the server, but only one constructor.
    super(connection as Extract<typeof connection, { endpoint: unknown }>, channel, credentials);
    const open = this.getChannel;
    this.getChannel = () => (this.#channel = open());
  }

  /** @param attach receives the call in the same turn in which it is made. */
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

  /** Breaks all calls and closes the socket. */
  async shut(): Promise<void> {
    const channel = this.#channel;
    // Not awaited: it waits for every call to settle, and a call that the server has ended never does.
    void this.dispose();
    const opened = await channel?.catch(() => undefined);
    opened?.close();
  }
}
