import { type sendUnaryData, type ServerReadableStream, type StatusObject, status } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import type { AppendReq } from '@eventstore/db-client/generated/streams_pb';
import { AppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { ExpectedRevision } from './commit-check';
import { maximumAppendSizeExceeded, plainError, streamDeleted } from './errors';
import { type ProposedEvent, sizeOf } from './log';
import { proposedEvent, streamName } from './messages';
import { begin, commitsFirst, type Node, refusal, strike } from './node';
import { MAX_APPEND_SIZE, type WriteResult, writeEvents } from './write';

type AppendCall = ServerReadableStream<AppendReq, AppendResp>;

/** Appends to a stream: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Streams.Append.cs */
export async function append(node: Node, call: AppendCall, answer: sendUnaryData<AppendResp>): Promise<void> {
  const fault = await begin(node, 'append');
  const answerable = {
    peer: call.getPeer(),
    fail: (error: StatusObject) => answer(error),
    end: () => answer(null, new AppendResp()),
  };
  const refused = refusal(node, call.metadata);
  if (refused !== undefined) {
    answer(refused);
    return;
  }
  if (fault !== undefined && !commitsFirst(fault)) {
    strike(node, fault, answerable);
    return;
  }
  const request = await received(call);
  if (request === undefined) return;
  if ('code' in request) {
    answer(request);
    return;
  }
  const { name, expected, events } = request;
  const result = writeEvents(node.log, name, expected, events);
  if (fault !== undefined) {
    strike(node, fault, answerable);
    return;
  }
  if (result.kind === 'deleted') {
    answer(streamDeleted(name));
    return;
  }
  answer(null, response(result, expected));
}

interface AppendRequest {
  readonly name: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly ProposedEvent[];
}

/** The whole request, or why it is refused; undefined when the client gave it up. */
async function received(call: AppendCall): Promise<AppendRequest | StatusObject | undefined> {
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
      if (size > MAX_APPEND_SIZE) return maximumAppendSizeExceeded(MAX_APPEND_SIZE);
      events.push(event);
    }
  } catch {
    return undefined;
  }
  if (options === undefined) return plainError(status.UNKNOWN, 'Exception was thrown by handler.');
  return { name: streamName(options.getStreamIdentifier()), expected: expectedRevision(options), events };
}

function expectedRevision(options: AppendReq.Options): ExpectedRevision {
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasNoStream() ? -1n : BigInt(options.getRevision());
}

function response(result: Exclude<WriteResult, { kind: 'deleted' }>, expected: ExpectedRevision): AppendResp {
  if (result.kind === 'wrong-expected-version')
    return new AppendResp().setWrongExpectedVersion(wrong(result, expected));
  const success = new AppendResp.Success();
  if (result.revision < 0n) success.setNoStream(new Empty());
  else success.setCurrentRevision(result.revision.toString());
  if (result.position === undefined) return new AppendResp().setSuccess(success.setNoPosition(new Empty()));
  const position = new AppendResp.Position()
    .setCommitPosition(result.position.commit.toString())
    .setPreparePosition(result.position.prepare.toString());
  return new AppendResp().setSuccess(success.setPosition(position));
}

function wrong({ current }: { readonly current: bigint }, expected: ExpectedRevision): AppendResp.WrongExpectedVersion {
  const answer = new AppendResp.WrongExpectedVersion();
  if (current < 0n) answer.setCurrentNoStream(new Empty());
  else answer.setCurrentRevision(current.toString());
  if (expected === 'any') return answer.setExpectedAny(new Empty());
  if (expected === 'stream_exists') return answer.setExpectedStreamExists(new Empty());
  if (expected === -1n) return answer.setExpectedNoStream(new Empty());
  return answer.setExpectedRevision(expected.toString());
}
