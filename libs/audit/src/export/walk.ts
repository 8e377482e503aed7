import { eventIn, type Position, START, writtenDown } from '@connections/event-store/event-store';
import { streamOf } from '@connections/connection/connection-id';
import { type ExportSources, type LeafEvent, LogIncomplete } from './sources';
import { type Frame, TILE } from './records';

/** How many events are handled at once: a tile, few enough that they are garbage before the collector promotes them. */
const PIECE = TILE;
/** How many connections of an organization are listed at once. */
const LISTED = 500;

/** The events of an export in its order, a piece at a time; pieces of everything begin and end where tiles do. */
export const walk = (
  frame: Frame,
  sources: ExportSources,
  unwanted?: AbortSignal,
): AsyncGenerator<readonly LeafEvent[]> =>
  frame.scope.kind === 'everything'
    ? throughLog(frame, sources, unwanted)
    : pieced(throughConnections(frame, sources, unwanted));

async function* throughLog(
  { since, size }: Frame,
  sources: ExportSources,
  unwanted?: AbortSignal,
): AsyncGenerator<readonly LeafEvent[]> {
  if (since === size) return;
  const { log } = sources;
  const last = await log.head();
  const ended = new AbortController();
  let piece: LeafEvent[] = [];
  let leaf = since;
  try {
    const after = await positionBefore(since, sources);
    for await (const { events, upTo } of log.written({ after, signal: ended.signal, batchSize: PIECE })) {
      unwanted?.throwIfAborted();
      for (const written of events) {
        piece.push({ event: eventIn(written), written, leaf });
        leaf += 1;
        if (leaf === size || leaf % PIECE === 0) {
          yield piece;
          piece = [];
        }
        if (leaf === size) return;
      }
      if (upTo >= last) throw new LogIncomplete(`The log ends after ${leaf} events, and ${size} were signed.`);
    }
  } finally {
    ended.abort();
  }
}

async function positionBefore(leaf: number, { tree }: ExportSources): Promise<Position> {
  if (leaf === 0) return START;
  const position = await tree.positionOf(leaf - 1);
  if (position === null) throw new LogIncomplete(`The tree over the log has no leaf ${leaf - 1}.`);
  return position;
}

async function* throughConnections(
  { scope, since, size }: Frame,
  sources: ExportSources,
  unwanted?: AbortSignal,
): AsyncGenerator<LeafEvent> {
  if (scope.kind === 'everything') return;
  const ids = scope.kind === 'connection' ? [scope.id] : idsOf(scope.id, sources);
  for await (const id of ids) {
    const stream = streamOf(id);
    let leaves: readonly number[] = [];
    let first = 0;
    for await (const event of sources.log.read(stream)) {
      unwanted?.throwIfAborted();
      const { revision } = event;
      if (revision - first >= leaves.length) {
        first = revision;
        leaves = await sources.tree.leavesOf(stream, first, PIECE);
      }
      const leaf = leaves[revision - first];
      if (leaf === undefined || leaf >= size) break;
      if (leaf >= since) yield { event, written: writtenDown(event), leaf };
    }
  }
}

async function* idsOf(organizationId: string, { connectionsOf }: ExportSources): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const ids = await connectionsOf(organizationId, after, LISTED);
    yield* ids;
    const last = ids.at(-1);
    if (last === undefined || ids.length < LISTED) return;
    after = last;
  }
}

async function* pieced<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let piece: T[] = [];
  for await (const item of items) {
    piece.push(item);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
