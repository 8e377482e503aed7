import { once } from 'node:events';
import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { type IStreamsServer, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { type ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';

/** The answer to a read: the revisions of its events and, if it is told, where the stream ends. */
export interface ScriptedRead {
  readonly revisions: readonly number[];
  readonly last?: number;
}

/** A server that answers successive reads of a stream from a script. */
export class ScriptedReads {
  readonly requests: ReadReq.Options[] = [];
  readonly #grpc = new Server();
  #port = 0;

  constructor(private readonly answers: ScriptedRead[]) {}

  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  async start(): Promise<void> {
    const streams: Pick<IStreamsServer, 'read'> = { read: (call) => void this.#answer(call) };
    this.#grpc.addService(StreamsService, streams);
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }

  close(): void {
    this.#grpc.forceShutdown();
  }

  async #answer(call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> {
    this.requests.push(call.request.getOptions()!);
    const { revisions, last } = this.answers.shift() ?? { revisions: [] };
    for (const revision of revisions) if (!call.write(eventAt(revision))) await once(call, 'drain');
    if (last !== undefined) call.write(new ReadResp().setLastStreamPosition(String(last)));
    call.end();
  }
}

/** An event whose position in the log equals its revision in the stream. */
export function eventAt(revision: number): ReadResp {
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString('3d1b8bd2-6a1c-4a39-8b8b-6f0f1a6a7f11'))
    .setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from('connection-1').toString('base64')))
    .setStreamRevision(String(revision))
    .setCommitPosition(String(revision))
    .setPreparePosition(String(revision))
    .setData(Buffer.from('{}').toString('base64'));
  recorded.getMetadataMap().set('type', 'Done').set('content-type', 'application/json');
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(recorded));
}
