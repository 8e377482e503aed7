import { randomUUID } from 'node:crypto';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Code } from '@eventstore/db-client/generated/code_pb';
import { StreamIdentifier, UUID, WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendReq, type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { Status } from '@eventstore/db-client/generated/status_pb';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { NO_STREAM } from '../event-store';
import type { Connection } from './connection';
import { EndedEarly, RefusedAppend, Silence } from './errors';
import { toPosition } from './positions';
import type { AppendAnswer, StoredAppend } from './stored-form';

type BatchCall = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

interface Waiting {
  readonly resolve: (answer: AppendAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * All appends of one connection over one call, each answered under an id of its own. The pending appends are kept per
 * call. The client's own list is one for the whole process: there, a fault of one call fails the appends of all others,
 * and a late answer to one of those ends the process.
 */
export class BatchAppend {
  readonly #waiting = new Map<string, Waiting>();
  #call: Promise<BatchCall> | undefined;

  constructor(private readonly connection: Connection) {}

  /** @param timeout in milliseconds. @throws Silence, EndedEarly, RefusedAppend, or gRPC's error. */
  append(append: StoredAppend, timeout: number): Promise<AppendAnswer> {
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      const settled = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      const waiting: Waiting = {
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      // The call itself has no deadline, so a server that falls silent would never be noticed.
      const timer = setTimeout(() => waiting.reject(new Silence(timeout)), timeout);
      this.#waiting.set(id, waiting);
      const request = requestOf(append, id);
      (this.#call ??= this.#open()).then(
        (call) => {
          if (this.#waiting.has(id)) call.write(request);
        },
        (error: unknown) => waiting.reject(error),
      );
    });
  }

  #open(): Promise<BatchCall> {
    const over = (error: unknown): void => {
      // By now a new call is open, and the waiting appends belong to that one.
      if (this.#call !== opening) return;
      this.#call = undefined;
      for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
    };
    const opening = this.connection.batchAppend((call) => {
      call.on('data', (response: BatchAppendResp) => this.#answered(response));
      call.on('error', over);
      // After an end without an error, no more answers come either.
      call.on('end', () => {
        over(new EndedEarly('the server ended the call that carries the appends'));
        call.end();
      });
    });
    opening.catch(over);
    return opening;
  }

  #answered(response: BatchAppendResp): void {
    // The append was given up, so nobody waits for this answer.
    const waiting = this.#waiting.get(textOf(response.getCorrelationId()));
    if (waiting === undefined) return;
    const success = response.getSuccess();
    if (success === undefined) {
      waiting.reject(refusalOf(response.getError()));
      return;
    }
    const position = success.getPosition();
    waiting.resolve({
      revision: Number(success.getCurrentRevision()),
      position: position ? toPosition(position.getCommitPosition(), position.getPreparePosition()) : null,
    });
  }
}

function requestOf({ stream, expectedRevision, events }: StoredAppend, id: string): BatchAppendReq {
  const options = new BatchAppendReq.Options();
  options.setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64')));
  if (expectedRevision === NO_STREAM) options.setNoStream(new Empty());
  else options.setStreamPosition(String(expectedRevision));
  const request = new BatchAppendReq();
  request.setCorrelationId(new UUID().setString(id));
  request.setOptions(options);
  for (const event of events) {
    const message = new BatchAppendReq.ProposedMessage();
    message.setId(new UUID().setString(event.id));
    message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
    message.setData(event.data);
    message.setCustomMetadata(event.metadata);
    request.addProposedMessages(message);
  }
  request.setIsFinal(true);
  return request;
}

/** Servers answer an id in two halves, however they were given it. */
function textOf(id: UUID | undefined): string {
  const halves = id?.getStructured();
  if (halves === undefined) return id?.getString() ?? '';
  const half = (bits: string): string => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(halves.getMostSignificantBits()) + half(halves.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const TYPES: Readonly<Record<string, string>> = {
  'event_store.client.StreamDeleted': 'stream-deleted',
  'event_store.client.AccessDenied': 'access-denied',
  'event_store.client.Timeout': 'timeout',
  'event_store.client.MaximumAppendSizeExceeded': 'maximum-append-size-exceeded',
};

function refusalOf(status: Status | undefined): RefusedAppend {
  const details = status?.getDetails();
  const name = details?.getTypeName() ?? '';
  const message = status?.getMessage() ?? 'The server gave no answer.';
  const conflict = details?.unpack(
    (bytes) => WrongExpectedVersion.deserializeBinary(bytes),
    'event_store.client.WrongExpectedVersion',
  );
  if (conflict) {
    const actual = conflict.hasCurrentStreamRevision() ? Number(conflict.getCurrentStreamRevision()) : NO_STREAM;
    return new RefusedAppend('wrong-expected-version', message, actual);
  }
  // The name is absent when the server is busy or not ready.
  return new RefusedAppend(
    TYPES[name] ?? (status?.getCode() === Code.INVALID_ARGUMENT ? 'invalid-argument' : 'timeout'),
    message,
  );
}
