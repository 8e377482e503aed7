import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import { AllStreamPosition, type StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import type { Status } from '@eventstore/db-client/generated/status_pb';
import { type BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type Answerable, authorize, begin, commitsFirst, requireLeader, type Strike, strike } from './call';
import type { ExpectedRevision } from './expected-revision';
import {
  batchAccessDenied,
  batchMaximumAppendSizeExceeded,
  batchNotReady,
  batchStreamDeleted,
  batchTimedOut,
  batchWrongExpectedVersion,
  RpcFailure,
  unimplemented,
} from './errors';
import { sizeOf } from './log';
import type { ProposedEvent } from './stored-event';
import { proposedEvent, streamName } from './messages';
import type { Node } from './node';
import { MAX_APPEND_SIZE, type WriteResult, writeEvents } from './write';

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

// The longest timer, in milliseconds.
const MAX_TIMER = 2 ** 31 - 1;

/** One append of the batch, of which some parts may not have arrived yet. */
interface PendingAppend {
  readonly correlationId: string;
  readonly stream: StreamIdentifier | undefined;
  readonly expected: ExpectedRevision;
  readonly events: ProposedEvent[];
  /** Only the last part has to arrive in time. */
  deadline: NodeJS.Timeout | undefined;
  size: number;
}

/**
 * Appends to many streams over one call:
 * EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Streams.BatchAppend.cs
 */
export function batchAppend(node: Node, call: BatchCall): void {
  if (!node.batchAppend) {
    node.calls.batchAppend += 1;
    call.emit('error', unimplemented());
    return;
  }
  let denied = false;
  try {
    authorize(node, call.metadata);
  } catch (error) {
    // Wrong credentials end the call; missing ones only fail each append.
    denied = error instanceof RpcFailure && error.code === status.PERMISSION_DENIED;
    if (!denied) {
      call.emit('error', error);
      return;
    }
  }
  const batch = new Batch(node, call, denied);
  call.on('data', (request: BatchAppendReq) => batch.receive(request));
  call.on('end', () => batch.close());
  call.on('cancelled', () => batch.cancel());
  call.on('error', () => batch.cancel());
}

class Batch {
  private readonly pending = new Map<string, PendingAppend>();
  private closing = false;
  private open = 0;

  constructor(
    private readonly node: Node,
    private readonly call: BatchCall,
    private readonly denied: boolean,
  ) {}

  receive(request: BatchAppendReq): void {
    const correlationId = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    const append = options === undefined ? this.pending.get(correlationId) : this.start(correlationId, options);
    if (append === undefined) return;
    for (const message of request.getProposedMessagesList()) {
      const event = proposedEvent(message);
      append.events.push(event);
      append.size += sizeOf(event);
    }
    if (append.size > MAX_APPEND_SIZE) {
      this.forget(append);
      this.answerError(append, batchMaximumAppendSizeExceeded(MAX_APPEND_SIZE));
    } else if (request.getIsFinal()) {
      this.forget(append);
      this.open += 1;
      void this.append(append).finally(() => {
        this.open -= 1;
        this.endWhenDone();
      });
    }
  }

  close(): void {
    this.closing = true;
    this.endWhenDone();
  }

  cancel(): void {
    for (const append of this.pending.values()) this.forget(append);
  }

  private endWhenDone(): void {
    if (this.closing && this.open === 0) this.call.end();
  }

  private start(correlationId: string, options: BatchAppendReq.Options): PendingAppend | undefined {
    const milliseconds = (options.getDeadline()?.toDate().getTime() ?? Infinity) - Date.now();
    const append: PendingAppend = {
      correlationId,
      stream: options.getStreamIdentifier(),
      expected: expectedRevision(options),
      events: [],
      size: 0,
      deadline: undefined,
    };
    if (this.denied || milliseconds <= 0) {
      this.answerError(append, this.denied ? batchAccessDenied() : batchTimedOut());
      return undefined;
    }
    append.deadline = setTimeout(() => this.giveUp(append), Math.min(milliseconds, MAX_TIMER)).unref();
    this.pending.set(correlationId, append);
    return append;
  }

  private giveUp(append: PendingAppend): void {
    this.forget(append);
    this.answerError(append, batchTimedOut());
  }

  private forget(append: PendingAppend): void {
    clearTimeout(append.deadline);
    this.pending.delete(append.correlationId);
  }

  /** An append meant for another leader fails the whole call, and with it all other appends under way. */
  private async append(append: PendingAppend): Promise<void> {
    const fault = await begin(this.node, 'batchAppend');
    try {
      requireLeader(this.node, this.call.metadata);
      if (fault !== undefined && !commitsFirst(fault)) {
        this.strike(fault, append);
        return;
      }
      const result = writeEvents(this.node.log, streamName(append.stream), append.expected, append.events);
      if (fault !== undefined) {
        this.strike(fault, append);
        return;
      }
      this.answer(append, result);
    } catch (error) {
      this.call.emit('error', error);
    }
  }

  private strike(fault: Strike, append: PendingAppend): void {
    if (fault.kind === 'timeout') this.answerError(append, batchTimedOut());
    else if (fault.kind === 'not-ready') this.answerError(append, batchNotReady());
    else strike(this.node, fault, answerable(this.call));
  }

  private answer(append: PendingAppend, result: WriteResult): void {
    if (result.kind === 'success') {
      this.send(append, new BatchAppendResp().setSuccess(success(result)));
    } else if (result.kind === 'wrong-expected-version') {
      this.answerError(append, batchWrongExpectedVersion(result.current, append.expected));
    } else {
      this.answerError(append, batchStreamDeleted(append.stream));
    }
  }

  private answerError(append: PendingAppend, error: Status): void {
    this.send(append, new BatchAppendResp().setError(error));
  }

  private send({ correlationId, stream }: PendingAppend, response: BatchAppendResp): void {
    if (this.call.cancelled || this.call.writableEnded) return;
    this.call.write(response.setCorrelationId(new UUID().setString(correlationId)).setStreamIdentifier(stream));
  }
}

function answerable(call: BatchCall): Answerable {
  return { peer: call.getPeer(), fail: (error) => call.emit('error', error), end: () => call.end() };
}

function expectedRevision(options: BatchAppendReq.Options): ExpectedRevision {
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasNoStream() ? -1n : BigInt(options.getStreamPosition());
}

/** EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/BatchAppendResp.cs */
function success({ revision, position }: WriteResult & { readonly kind: 'success' }): BatchAppendResp.Success {
  const answer = new BatchAppendResp.Success();
  if (revision < 0n) answer.setNoStream(new Empty());
  else answer.setCurrentRevision(revision.toString());
  if (position === undefined) return answer.setNoPosition(new Empty());
  return answer.setPosition(
    new AllStreamPosition()
      .setCommitPosition(position.commit.toString())
      .setPreparePosition(position.prepare.toString()),
  );
}
