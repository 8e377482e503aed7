import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type Position, type RecordedEvent, StoreUnavailable } from '../event-store';
import { toPosition } from './positions';
import { fromStored } from './stored-form';

type Recorded = ReadResp.ReadEvent.RecordedEvent;

/** The event of a message; undefined when the message carries none. */
export const eventOf = (message: ReadResp): Recorded | undefined => message.getEvent()?.getEvent();

/** The approximate size of a message in memory, in bytes. */
export function bytesOf(message: ReadResp): number {
  const event = eventOf(message);
  return event === undefined ? 0 : event.getData_asU8().length + event.getCustomMetadata_asU8().length;
}

export const streamOf = (event: Recorded): string =>
  Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();

export const positionOf = (event: Recorded): Position | null =>
  toPosition(event.getCommitPosition(), event.getPreparePosition());

/** @throws StoreUnavailable when the stored text of the event is damaged. */
export function toEvent(event: Recorded, stream: string): RecordedEvent {
  const revision = Number(event.getStreamRevision());
  const id = event.getId()?.getString() ?? '';
  const type = event.getMetadataMap().get('type') ?? '';
  const { data, metadata } = fromStored(stream, revision, {
    id,
    type,
    data: event.getData_asU8(),
    metadata: event.getCustomMetadata_asU8(),
  });
  return { id, type, data, metadata, stream, revision, position: positionOf(event) };
}

/** The position of an event read from the log as a whole, which always has one. */
export function positionInLog(event: Recorded): Position {
  const position = positionOf(event);
  if (position === null) throw new StoreUnavailable('The event store gave an event of the log without its position.');
  return position;
}
