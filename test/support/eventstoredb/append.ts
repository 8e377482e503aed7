import type { ServerReadableStream } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { type AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb';
import { authorize, CallOver, requireLeader } from './call';
import type { ExpectedRevision } from './expected-revision';
import { maximumAppendSizeExceeded, streamDeleted } from './errors';
import { sizeOf } from './log';
import type { ProposedEvent } from './stored-event';
import { proposedEvent, streamName } from './messages';
import type { Node } from './node';
import { MAX_APPEND_SIZE, type WriteResult, writeEvents } from './write';

type AppendCall = ServerReadableStream<AppendReq, AppendResp>;

/** Appends to a stream: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Streams.Append.cs */
export async function append(node: Node, call: AppendCall): Promise<AppendResp> {
  authorize(node, call.metadata);
  const { name, expected, events } = await received(call);
  requireLeader(node, call.metadata);
  const result = writeEvents(node.log, name, expected, events);
  if (result.kind === 'deleted') throw streamDeleted(name);
  if (result.kind === 'success') return new AppendResp().setSuccess(success(result));
  return new AppendResp().setWrongExpectedVersion(wrongExpectedVersion(result.current, expected));
}

interface AppendRequest {
  readonly name: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly ProposedEvent[];
}

/** The complete request. @throws CallOver if the client gave up halfway. */
async function received(call: AppendCall): Promise<AppendRequest> {
  let options: AppendReq.Options | undefined;
  let size = 0;
  const events: ProposedEvent[] = [];
  try {
    for await (const request of call as AsyncIterable<AppendReq>) {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message === undefined) continue;
      const event = proposedEvent(message);
      size += sizeOf(event);
      if (size <= MAX_APPEND_SIZE) events.push(event);
    }
  } catch {
    throw new CallOver();
  }
  if (size > MAX_APPEND_SIZE) throw maximumAppendSizeExceeded(MAX_APPEND_SIZE);
  if (options === undefined) throw new CallOver();
  return { name: streamName(options.getStreamIdentifier()), expected: expectedRevision(options), events };
}

function expectedRevision(options: AppendReq.Options): ExpectedRevision {
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasNoStream() ? -1n : BigInt(options.getRevision());
}

function success({ revision, position }: WriteResult & { readonly kind: 'success' }): AppendResp.Success {
  const answer = new AppendResp.Success();
  if (revision < 0n) answer.setNoStream(new Empty());
  else answer.setCurrentRevision(revision.toString());
  if (position === undefined) return answer.setNoPosition(new Empty());
  return answer.setPosition(
    new AppendResp.Position()
      .setCommitPosition(position.commit.toString())
      .setPreparePosition(position.prepare.toString()),
  );
}

function wrongExpectedVersion(current: bigint, expected: ExpectedRevision): AppendResp.WrongExpectedVersion {
  const answer = new AppendResp.WrongExpectedVersion();
  if (current < 0n) answer.setCurrentNoStream(new Empty());
  else answer.setCurrentRevision(current.toString());
  if (expected === 'any') return answer.setExpectedAny(new Empty());
  if (expected === 'stream_exists') return answer.setExpectedStreamExists(new Empty());
  if (expected === -1n) return answer.setExpectedNoStream(new Empty());
  return answer.setExpectedRevision(expected.toString());
}
