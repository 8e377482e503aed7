import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import {
  type AppendReq,
  type BatchAppendReq,
  type ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb';
import type { ProposedEvent, StoredEvent } from './stored-event';
import type { Position } from './position';

export function streamName(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();
}

export function streamIdentifier(name: string): StreamIdentifier {
  return new StreamIdentifier().setStreamName(new Uint8Array(Buffer.from(name)));
}

export function proposedEvent(message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): ProposedEvent {
  const metadata = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: metadata.get('type') ?? '',
    isJson: metadata.get('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

// The position in a read when it is unknown: src/EventStore.Core/Services/Transport/Common/Position.cs
const UNKNOWN = (2n ** 64n - 1n).toString();

/**
 * An event as returned by a read of $all: EventStore/EventStore
 * src/EventStore.Core/Services/Transport/Grpc/Streams.Read.cs
 */
export function eventInAll(event: StoredEvent): ReadResp {
  const commit = event.commit.toString();
  return response(recordedEvent(event, commit, event.prepare.toString()).setCommitPosition(commit));
}

/**
 * An event as returned by a read of its stream. The index of a stream does not know commit records.
 * EventStore/EventStore src/EventStore.Core/Data/ResolvedEvent.cs
 */
export function eventInStream(event: StoredEvent): ReadResp {
  if (event.commit === event.prepare) return eventInAll(event);
  return response(recordedEvent(event, UNKNOWN, UNKNOWN).setNoPosition(new Empty()));
}

const response = (event: ReadResp.ReadEvent): ReadResp => new ReadResp().setEvent(event);

function recordedEvent(event: StoredEvent, commit: string, prepare: string): ReadResp.ReadEvent {
  const recorded = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(event.id))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(event.revision.toString())
    .setCommitPosition(commit)
    .setPreparePosition(prepare)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    // In ticks of 100 nanoseconds.
    .set('created', String(event.created * 10_000))
    .set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  return new ReadResp.ReadEvent().setEvent(recorded);
}

export function checkpointResponse({ commit, prepare }: Position): ReadResp {
  const checkpoint = new ReadResp.Checkpoint()
    .setCommitPosition(commit.toString())
    .setPreparePosition(prepare.toString());
  return new ReadResp().setCheckpoint(checkpoint);
}

export function confirmationResponse(subscriptionId: string): ReadResp {
  return new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId));
}

export const caughtUpResponse = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());

export const fellBehindResponse = (): ReadResp => new ReadResp().setFellBehind(new ReadResp.FellBehind());

export function streamNotFoundResponse(name: string): ReadResp {
  return new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(name)));
}

export function lastStreamPositionResponse(revision: bigint): ReadResp {
  return new ReadResp().setLastStreamPosition(revision.toString());
}

export function positionOf(position: ReadReq.Options.Position | undefined): Position | undefined {
  if (position === undefined) return undefined;
  return { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
}
