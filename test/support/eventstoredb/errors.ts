import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { Code } from '@eventstore/db-client/generated/code_pb';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import {
  AccessDenied,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { ExpectedRevision } from './expected-revision';

// Errors of whole calls: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/RpcExceptions.cs; the names
// in the trailers: Constants.cs beside it.

/** The error of a failed call. */
export class RpcFailure extends Error implements StatusObject {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, value);
  }
}

export function accessDenied(): RpcFailure {
  return new RpcFailure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
}

/**
 * What a client reports for the HTTP status 401.
 * src/EventStore.Core/Services/Transport/Http/AuthenticationMiddleware.cs
 */
export function unauthenticated(): RpcFailure {
  return new RpcFailure(status.UNAUTHENTICATED, 'Received HTTP status code 401');
}

export function notLeader(host: string, port: number): RpcFailure {
  const endpoint = { 'leader-endpoint-host': host, 'leader-endpoint-port': String(port) };
  return new RpcFailure(status.NOT_FOUND, 'Leader info available', { exception: 'not-leader', ...endpoint });
}

export function streamDeleted(stream: string): RpcFailure {
  const trailers = { exception: 'stream-deleted', 'stream-name': stream };
  return new RpcFailure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, trailers);
}

export function maximumAppendSizeExceeded(size: number): RpcFailure {
  const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(size) };
  return new RpcFailure(status.INVALID_ARGUMENT, `Maximum Append Size of ${size} Exceeded.`, trailers);
}

export function invalidPosition(): RpcFailure {
  return new RpcFailure(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
}

export function invalidCombination(combination: string): RpcFailure {
  return new RpcFailure(status.INVALID_ARGUMENT, `The combination of ${combination} is invalid.`);
}

/** ASP.NET Core's answer to a call that its services do not have. */
export function unimplemented(): RpcFailure {
  return new RpcFailure(status.UNIMPLEMENTED, 'Method is unimplemented.');
}

export function timedOut(): RpcFailure {
  return new RpcFailure(status.ABORTED, 'Operation timed out: Commit phase timeout.');
}

export function notReady(): RpcFailure {
  return new RpcFailure(status.UNAVAILABLE, 'Server Is Not Ready');
}

// Errors of one append in a batch: src/EventStore.Core/Services/Transport/Grpc/Status.cs and WrongExpectedVersion.cs.

function batchFailure(code: Code, message: string, details: { serializeBinary(): Uint8Array }): Status {
  const packed = new Any();
  packed.pack(details.serializeBinary(), `event_store.client.${message}`);
  return new Status().setCode(code).setMessage(message).setDetails(packed);
}

export const batchAccessDenied = (): Status => batchFailure(Code.PERMISSION_DENIED, 'AccessDenied', new AccessDenied());

export const batchTimedOut = (): Status => batchFailure(Code.DEADLINE_EXCEEDED, 'Timeout', new Timeout());

/** Without a code, and with nothing in the details: Streams.BatchAppend.cs beside it. */
export function batchNotReady(): Status {
  const nothing = new Any();
  nothing.pack(new Empty().serializeBinary(), 'google.protobuf.Empty');
  return new Status().setMessage('Server Is Not Ready').setDetails(nothing);
}

export const batchMaximumAppendSizeExceeded = (size: number): Status =>
  batchFailure(
    Code.INVALID_ARGUMENT,
    'MaximumAppendSizeExceeded',
    new MaximumAppendSizeExceeded().setMaxappendsize(size),
  );

export const batchStreamDeleted = (stream: StreamIdentifier | undefined): Status =>
  batchFailure(Code.NOT_FOUND, 'StreamDeleted', new StreamDeleted().setStreamIdentifier(stream));

/** @param current -1 without a stream. */
export function batchWrongExpectedVersion(current: bigint, expected: ExpectedRevision): Status {
  const details = new WrongExpectedVersion();
  if (current < 0n) details.setCurrentNoStream(new Empty());
  else details.setCurrentStreamRevision(current.toString());
  if (expected === 'any') details.setExpectedAny(new Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new Empty());
  else if (expected === -1n) details.setExpectedNoStream(new Empty());
  else details.setExpectedStreamPosition(expected.toString());
  return batchFailure(Code.ALREADY_EXISTS, 'WrongExpectedVersion', details);
}
