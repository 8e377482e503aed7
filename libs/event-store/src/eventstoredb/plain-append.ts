import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { AppendReq, type AppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { ClientWritableStream } from '@grpc/grpc-js';
import { NO_STREAM } from '../event-store';
import type { Connection } from './connection';
import { EndedEarly, RefusedAppend, Silence } from './errors';
import { toPosition } from './positions';
import type { AppendAnswer, StoredAppend } from './stored-form';

/** An append as a call of its own, which every server supports. */
export async function plainAppend(
  connection: Connection,
  append: StoredAppend,
  timeout: number,
): Promise<AppendAnswer> {
  let call: ClientWritableStream<AppendReq> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isSilent = false;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isSilent = true;
      call?.cancel();
      reject(new Silence(timeout));
    }, timeout);
  });
  // The call's own deadline comes after our timer: which of the two fires first decides how the connection is judged.
  const answer = connection.plainAppend(2 * timeout, (opened) => {
    call = opened;
    // Deferred: gRPC would keep the process alive for a call cancelled in the turn in which it was made.
    if (isSilent) setImmediate(() => opened.cancel());
    else send(call, append);
  });
  try {
    const response = await Promise.race([answer, silence]);
    const success = response.getSuccess();
    if (success === undefined) throw refusalOf(response.getWrongExpectedVersion());
    const position = success.getPosition();
    return {
      revision: Number(success.getCurrentRevision()),
      position: position ? toPosition(position.getCommitPosition(), position.getPreparePosition()) : null,
    };
  } finally {
    clearTimeout(timer);
    // By then nobody waits for either.
    answer.catch(() => undefined);
    silence.catch(() => undefined);
  }
}

function send(call: ClientWritableStream<AppendReq>, { stream, expectedRevision, events }: StoredAppend): void {
  const options = new AppendReq.Options();
  options.setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64')));
  if (expectedRevision === NO_STREAM) options.setNoStream(new Empty());
  else options.setRevision(String(expectedRevision));
  call.write(new AppendReq().setOptions(options));
  for (const event of events) {
    const message = new AppendReq.ProposedMessage();
    message.setId(new UUID().setString(event.id));
    message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
    message.setData(event.data);
    message.setCustomMetadata(event.metadata);
    call.write(new AppendReq().setProposedMessage(message));
  }
  call.end();
}

function refusalOf(conflict: AppendResp.WrongExpectedVersion | undefined): Error {
  if (conflict === undefined) return new EndedEarly('the server answered nothing');
  const actual = conflict.hasCurrentRevision() ? Number(conflict.getCurrentRevision()) : NO_STREAM;
  return new RefusedAppend('wrong-expected-version', 'WrongExpectedVersion', actual);
}
