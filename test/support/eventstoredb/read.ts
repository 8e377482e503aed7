import { status } from '@grpc/grpc-js';
import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { plainError, streamDeleted } from './errors';
import type { EventLog, StoredEvent } from './log';
import { eventInAll, eventInStream, streamName, streamNotFoundResponse } from './messages';
import { type Answerable, begin, type Node, refusal, type Strike, strike } from './node';
import { CallOver, Outlet, type ReadCall } from './outlet';
import { indexAt, type Position } from './position';
import { subscribe } from './subscription';

const { FORWARDS } = ReadReq.Options.ReadDirection;

/** Reads and subscribes: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Streams.Read.cs */
export async function read(node: Node, call: ReadCall): Promise<void> {
  const options = call.request.getOptions() ?? new ReadReq.Options();
  const fault = await begin(node, options.hasSubscription() ? 'subscribe' : 'read');
  const refused = refusal(node, call.metadata);
  if (refused !== undefined) return void call.emit('error', refused);
  const answerable: Answerable = {
    peer: call.getPeer(),
    fail: (error) => call.emit('error', error),
    end: () => call.end(),
  };
  if (fault !== undefined && !sendsFirst(fault)) {
    strike(node, fault, answerable);
    return;
  }
  try {
    const outlet = new Outlet(node, call, fault);
    await answer(node.log, options, outlet, call);
  } catch (error) {
    if (!(error instanceof CallOver)) call.emit('error', plainError(status.UNKNOWN, String(error)));
  }
}

/** Whether events are sent before the fault strikes. */
function sendsFirst(fault: Strike): boolean {
  return 'after' in fault;
}

async function answer(log: EventLog, options: ReadReq.Options, outlet: Outlet, call: ReadCall): Promise<void> {
  const name = options.hasStream() ? streamName(options.getStream()?.getStreamIdentifier()) : undefined;
  if (name !== undefined && log.stream(name).tombstoned) return void call.emit('error', streamDeleted(name));
  if (options.hasSubscription()) return subscribe(log, options, name, outlet, call);
  if (options.hasFilter())
    return void call.emit('error', plainError(status.INVALID_ARGUMENT, 'Reads take no filter here.'));
  if (name !== undefined && log.stream(name).absent) await outlet.send(streamNotFoundResponse(name));
  else if (name === undefined) await sendRange(allRange(log, options), outlet, eventInAll);
  else await sendRange(streamRange(log, name, options), outlet, eventInStream);
  call.end();
}

/** A part of a list of events: the first index, how many, and 1 or -1 for the way to go. */
interface Range {
  readonly events: readonly StoredEvent[];
  readonly first: number;
  readonly count: number;
  readonly step: 1 | -1;
}

async function sendRange(
  { events, first, count, step }: Range,
  outlet: Outlet,
  response: typeof eventInAll,
): Promise<void> {
  for (let index = first, sent = 0; sent < count; index += step, sent += 1) {
    const event = events[index];
    if (event === undefined) return;
    await outlet.send(response(event));
  }
}

/**
 * Forwards a position is where reading begins, backwards what it begins before.
 * EventStore/EventStore src/EventStore.Core/Services/Storage/ReaderIndex/AllReader.cs
 */
function allRange({ events }: EventLog, options: ReadReq.Options): Range {
  const all = options.getAll();
  const position = positionOf(all?.getPosition());
  const at = all?.hasStart() ? 0 : position === undefined ? events.length : indexAt(events, position);
  const count = Number(options.getCount());
  if (options.getReadDirection() === FORWARDS)
    return { events, first: at, count: Math.min(count, events.length - at), step: 1 };
  return { events, first: at - 1, count: Math.min(count, at), step: -1 };
}

/** EventStore/EventStore src/EventStore.Core/Services/Storage/ReaderIndex/IndexReader.cs */
function streamRange(log: EventLog, name: string, options: ReadReq.Options): Range {
  const { events, firstRevision, lastRevision } = log.stream(name);
  const stream = options.getStream();
  const lowest = Number(firstRevision);
  const highest = Number(lastRevision);
  const asked = stream?.hasEnd() ? Infinity : stream?.hasStart() ? 0 : Number(stream?.getRevision() ?? 0);
  const count = Number(options.getCount());
  if (options.getReadDirection() === FORWARDS) {
    const first = Math.max(asked, lowest);
    return { events, first, count: Math.min(count, highest - first + 1), step: 1 };
  }
  const first = Math.min(asked, highest);
  return { events, first, count: Math.min(count, first - lowest + 1), step: -1 };
}

export function positionOf(position: ReadReq.Options.Position | undefined): Position | undefined {
  if (position === undefined) return undefined;
  return { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
}
