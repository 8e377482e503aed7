import { Empty, StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { type Position, type ReadOptions, START } from '../event-store';
import { fromPosition } from './positions';

const { Options } = ReadReq;
const { FORWARDS, BACKWARDS } = Options.ReadDirection;

/** From this version of its answers on, the server says where a stream that was read ends. */
const TELLS_THE_END = 1;

/** How many times 32 events a subscription looks at before it says how far it is, as long as none of ours comes by. */
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

/** The log from its end on, back to its beginning. @param count messages at most. */
export function backwardsFromTheEnd(count = Number.MAX_SAFE_INTEGER): ReadReq {
  const options = basics()
    .setAll(new Options.AllOptions().setEnd(new Empty()))
    .setNoFilter(new Empty())
    .setCount(String(count))
    .setReadDirection(BACKWARDS);
  return new ReadReq().setOptions(options);
}

/** What comes after a position in the streams whose names begin so, and from then on. */
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
