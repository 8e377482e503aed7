import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { type Answerable, authorize, begin, failWith, requireLeader, type Strike, strike } from './call';
import { invalidCombination, streamDeleted } from './errors';
import type { EventLog } from './log';
import type { StoredEvent } from './stored-event';
import {
  eventInAll,
  eventInStream,
  lastStreamPositionResponse,
  positionOf,
  streamName,
  streamNotFoundResponse,
} from './messages';
import type { Node } from './node';
import { Outlet, type ReadCall } from './outlet';
import { subscribe } from './subscription';

const { FORWARDS } = ReadReq.Options.ReadDirection;

/** Reads and subscribes: EventStore/EventStore src/EventStore.Core/Services/Transport/Grpc/Streams.Read.cs */
export async function read(node: Node, call: ReadCall): Promise<void> {
  const fail = (error: Error): boolean => call.emit('error', error);
  const answerable: Answerable = { peer: call.getPeer(), fail, end: () => call.end() };
  const options = call.request.getOptions() ?? new ReadReq.Options();
  const fault = await begin(node, options.hasSubscription() ? 'subscribe' : 'read');
  try {
    authorize(node, call.metadata);
    requireLeader(node, call.metadata);
    if (fault !== undefined && !('after' in fault)) strike(node, fault, answerable);
    else await answer(node.log, options, outletFor(node, call, fault, answerable));
  } catch (error) {
    failWith(error, fail);
  }
}

function outletFor(node: Node, call: ReadCall, fault: Strike | undefined, answerable: Answerable): Outlet {
  if (fault === undefined || !('after' in fault)) return new Outlet(call, Infinity, () => undefined);
  return new Outlet(call, fault.after, () => strike(node, fault, answerable));
}

async function answer(log: EventLog, options: ReadReq.Options, outlet: Outlet): Promise<void> {
  const name = options.hasStream() ? streamName(options.getStream()?.getStreamIdentifier()) : undefined;
  if (name !== undefined && log.stream(name).tombstoned) throw streamDeleted(name);
  if (options.hasSubscription()) await subscribe(log, options, name, outlet);
  else if (options.hasFilter()) throw invalidCombination('(All, Count, Filter)');
  else if (name === undefined) await sendRange(allRange(log, options), outlet, eventInAll);
  else if (log.stream(name).absent) await outlet.send(streamNotFoundResponse(name));
  else {
    await sendRange(streamRange(log, name, options), outlet, eventInStream);
    if (asksForTheEnd(options)) await outlet.send(lastStreamPositionResponse(log.stream(name).lastRevision));
  }
  outlet.end();
}

/**
 * A client that asks for the newer form of answers is told the end of the stream after the last event of a read:
 * EventStore/EventStore src/EventStore.Core/Services/Transport/Enumerators/Enumerator.ReadStreamForwards.cs and
 * Enumerator.ReadStreamBackwards.cs beside it
 */
const asksForTheEnd = (options: ReadReq.Options): boolean => (options.getControlOption()?.getCompatibility() ?? 0) >= 1;

/** A part of a list of events: the first index, the count, and 1 or -1 for the direction. */
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
 * A position is where a forward read begins, and what a backward read begins before. EventStore/EventStore
 * src/EventStore.Core/Services/Storage/ReaderIndex/AllReader.cs
 */
function allRange(log: EventLog, options: ReadReq.Options): Range {
  const { events } = log;
  const all = options.getAll();
  const position = positionOf(all?.getPosition());
  const at = all?.hasStart() ? 0 : position === undefined ? events.length : log.indexAt(position);
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
