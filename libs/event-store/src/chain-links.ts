import type { RecordedEvent } from './event-store';
import { expectedHash, hashOf } from './hash-chain';

/** What can be wrong with an event itself, or with its link to the one before it in its stream. */
export type LinkFault = 'not-its-hash' | 'claims-predecessor' | 'lost-predecessor' | 'other-predecessor';

/** Each fault as a phrase that follows the event's name. */
export const linkFaultTexts: Record<LinkFault, string> = {
  'not-its-hash': 'is not what its hash says',
  'claims-predecessor': 'claims a predecessor',
  'lost-predecessor': 'has lost its predecessor',
  'other-predecessor': 'does not continue its predecessor',
};

/** Whether the hash that an event carries is the hash of its content. */
const isItsHash = (event: RecordedEvent): boolean => hashOf(event) === expectedHash(event);

/** The hash that an event gives as that of its predecessor. */
const claimedHash = (event: RecordedEvent): unknown => event.metadata['previous-hash'];

/**
 * @param predecessorHash the hash that the event before it in its stream carries; null if that carries none; undefined if
 * there is no such event.
 */
export function linkFaultOf(event: RecordedEvent, predecessorHash: string | null | undefined): LinkFault | null {
  if (!isItsHash(event)) return 'not-its-hash';
  if (event.revision === 0) return claimedHash(event) === null ? null : 'claims-predecessor';
  if (predecessorHash === undefined) return 'lost-predecessor';
  return claimedHash(event) === predecessorHash ? null : 'other-predecessor';
}

/** The last events of at least this many streams are remembered, and of at most twice as many. */
const REMEMBERED_STREAMS = 50_000;

/** What the next event of a stream is checked against. */
export interface StreamEnd {
  readonly revision: number;
  readonly hash: string | null;
}

/** The last events of the streams met most recently, for a walk through the log in its order. */
export class StreamEnds {
  #newer = new Map<string, StreamEnd>();
  #older = new Map<string, StreamEnd>();

  /** Returns the remembered last event of the stream, and remembers this event in its place. */
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
