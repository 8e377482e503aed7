import { Empty, StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { type Position, type ReadOptions, START } from '../event-store';
import { fromPosition } from './positions';

const { Options } = ReadReq;
const { FORWARDS, BACKWARDS } = Options.ReadDirection;

/** From this version of the response on, the server tells the last revision of the stream that was read. */
const TELLS_THE_END = 1;

/** In units of 32 events: how far a subscription scans before it reports its position, if no event of ours comes by. */
const CHECKPOINT_INTERVAL = 32;

export function streamRequest(
  stream: string,
  { direction, from, limit }: Pick<ReadOptions, 'direction' | 'from'> & { readonly limit: number },
): ReadReq {
  const where = new Options.StreamOptions().setStreamIdentifier(
    new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64')),
  );
  if (from !== undefined) where.setRevision(String(from));
  else if (direction === 'backwards') where.setEnd(new Empty());
  else where.setStart(new Empty());
  const options = basics().setStream(where).setNoFilter(new Empty()).setCount(String(limit));
  options.setReadDirection(direction === 'backwards' ? BACKWARDS : FORWARDS);
  options.setControlOption(new Options.ControlOption().setCompatibility(TELLS_THE_END));
  return new ReadReq().setOptions(options);
}

/** Reads the log backwards from its end. @param count the most messages. */
export function backwardsFromTheEnd(count = Number.MAX_SAFE_INTEGER): ReadReq {
  const options = basics()
    .setAll(new Options.AllOptions().setEnd(new Empty()))
    .setNoFilter(new Empty())
    .setCount(String(count))
    .setReadDirection(BACKWARDS);
  return new ReadReq().setOptions(options);
}

/** Subscribes to the streams with these prefixes, from after a position on. */
export function subscription(after: Position, streamPrefixes: readonly string[]): ReadReq {
  const filter = new Options.FilterOptions()
    .setStreamIdentifier(new Options.FilterOptions.Expression().setPrefixList([...streamPrefixes]))
    .setCount(new Empty())
    .setCheckpointintervalmultiplier(CHECKPOINT_INTERVAL);
  const options = basics().setAll(place(after)).setFilter(filter).setSubscription(new Options.SubscriptionOptions());
  return new ReadReq().setOptions(options);
}

function place(position: Position): ReadReq.Options.AllOptions {
  const offsets = position === START ? null : fromPosition(position);
  if (offsets === null) return new Options.AllOptions().setStart(new Empty());
  return new Options.AllOptions().setPosition(
    new Options.Position().setCommitPosition(offsets.commit).setPreparePosition(offsets.prepare),
  );
}

const basics = (): ReadReq.Options =>
  new Options().setResolveLinks(false).setUuidOption(new Options.UUIDOption().setString(new Empty()));
