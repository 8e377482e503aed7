/**
 * A position in the log, in bytes: where the event was written (`prepare`) and where its transaction was committed. The
 * two are the same unless the events of a transaction got a separate commit record. EventStore/EventStore
 * src/EventStore.Core/Data/TFPos.cs
 */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** Before all events. */
export const START: Position = { commit: -1n, prepare: -1n };

/** Negative when `left` comes first, 0 when they are equal. */
export function comparePositions(left: Position, right: Position): number {
  if (left.commit !== right.commit) return left.commit < right.commit ? -1 : 1;
  if (left.prepare !== right.prepare) return left.prepare < right.prepare ? -1 : 1;
  return 0;
}

/** How many of the sorted positions come before this one: the index of the first that does not. */
export function indexAt(places: readonly Position[], position: Position): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && comparePositions(place, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
