import type { RecordedEvent } from './event-store';
import { expectedHash, hashOf } from './hash-chain';

/** What can be wrong with an event and its place behind the one before it in its stream. */
export type LinkFault = 'not-its-hash' | 'claims-predecessor' | 'lost-predecessor' | 'other-predecessor';

/** The same in words that follow the event's name. */
export const linkFaultTexts: Record<LinkFault, string> = {
  'not-its-hash': 'is not what its hash says',
  'claims-predecessor': 'claims a predecessor',
  'lost-predecessor': 'has lost its predecessor',
  'other-predecessor': 'does not continue its predecessor',
};

/** Whether an event is what its own hash says. */
const isItsHash = (event: RecordedEvent): boolean => hashOf(event) === expectedHash(event);

/** The hash that an event claims for the one before it. */
const claimedHash = (event: RecordedEvent): unknown => event.metadata['previous-hash'];

/** @param predecessorHash the one that the event before it in its stream carries; undefined where that one is gone. */
export function linkFaultOf(event: RecordedEvent, predecessorHash: string | null | undefined): LinkFault | null {
  if (!isItsHash(event)) return 'not-its-hash';
  if (event.revision === 0) return claimedHash(event) === null ? null : 'claims-predecessor';
  if (predecessorHash === undefined) return 'lost-predecessor';
  return claimedHash(event) === predecessorHash ? null : 'other-predecessor';
}

/** Streams whose last event is kept at hand, at least; twice as many at most. */
const REMEMBERED_STREAMS = 50_000;

/** An event as the next one of its stream has to know it. */
export interface StreamEnd {
  readonly revision: number;
  readonly hash: string | null;
}

/** The last events of the streams that were met lately, for those who go through the log in its order. */
export class StreamEnds {
  #newer = new Map<string, StreamEnd>();
  #older = new Map<string, StreamEnd>();

  /** What was seen last of an event's stream, and from now on is this one. */
  replace(
    { stream, revision }: Pick<RecordedEvent, 'stream' | 'revision'>,
    hash: string | null,
  ): StreamEnd | undefined {
    const before = this.#newer.get(stream) ?? this.#older.get(stream);
    this.#newer.set(stream, { revision, hash });
    if (this.#newer.size >= REMEMBERED_STREAMS) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    return before;
  }
}
