import type { DataFile } from './data-file';
import { invalidPosition } from './errors';
import { indexAt, type Position, START } from './position';
import type { ProposedEvent, StoredEvent } from './stored-event';

export interface LogOptions {
  /** The position of the first record, in bytes. */
  readonly firstPosition?: bigint | undefined;
  /** Whether the events of one append get a separate commit record, as in logs of older servers and clients. */
  readonly commitRecords?: boolean | undefined;
  readonly dataFile?: DataFile | undefined;
}

/** The revision of a tombstone, and the `$tb` of a deleted stream. src/EventStore.Core/Data/EventNumber.cs */
export const DELETED_STREAM = 2n ** 63n - 1n;

// The sizes of a prepare and a commit record without their contents.
const PREPARE_SIZE = 104;
const COMMIT_SIZE = 70n;

/** One stream of the log: its events in order, and what its metadata says about them. */
export class Stream {
  readonly events: StoredEvent[] = [];
  readonly byId = new Map<string, StoredEvent>();
  tombstoned = false;
  private truncateBefore = 0n;
  private maxCount: bigint | undefined;

  /** -1 for a stream without events. */
  get lastRevision(): bigint {
    return BigInt(this.events.length) - 1n;
  }

  /**
   * The first revision that can be read.
   * EventStore/EventStore src/EventStore.Core/Services/Storage/ReaderIndex/IndexReader.cs
   */
  get firstRevision(): bigint {
    const keptFrom = this.maxCount === undefined ? 0n : this.lastRevision - this.maxCount + 1n;
    return keptFrom > this.truncateBefore ? keptFrom : this.truncateBefore;
  }

  get softDeleted(): boolean {
    return this.truncateBefore >= DELETED_STREAM;
  }

  /** Whether reading it answers that there is no such stream. */
  get absent(): boolean {
    return this.events.length === 0 || this.softDeleted;
  }

  describe(metadata: { readonly $tb?: number; readonly $maxCount?: number }): void {
    this.truncateBefore = BigInt(metadata.$tb ?? 0);
    this.maxCount = metadata.$maxCount === undefined ? undefined : BigInt(metadata.$maxCount);
  }
}

/** Everything that was written, in order, with an index by stream. */
export class EventLog {
  readonly events: StoredEvent[] = [];
  private readonly streams = new Map<string, Stream>();
  private readonly listeners = new Set<(event: StoredEvent) => void>();
  private readonly commitRecords: boolean;
  private readonly dataFile: DataFile | undefined;
  private end: bigint;

  constructor({ firstPosition = 4096n, commitRecords = false, dataFile }: LogOptions) {
    this.end = firstPosition;
    this.commitRecords = commitRecords;
    this.dataFile = dataFile;
    for (const event of dataFile?.read() ?? []) {
      this.index(event);
      this.end = event.next.prepare === 0n ? event.next.commit : event.commit + COMMIT_SIZE;
    }
  }

  stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (stream === undefined) this.streams.set(name, (stream = new Stream()));
    return stream;
  }

  /** The position of the last record. */
  get lastPosition(): Position {
    const last = this.events.at(-1);
    // src/EventStore.Core/Services/Transport/Enumerators/Enumerator.AllSubscription.cs takes one position for both.
    return last === undefined ? START : { commit: last.commit, prepare: last.commit };
  }

  /** Calls the listener with every new event, until the returned function is called. */
  onEvent(listener: (event: StoredEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The index of the first event at or after a position. Throws for a position where no record begins:
   * src/EventStore.Core/Services/Storage/StorageReaderWorker.cs (InvalidPosition)
   */
  indexAt(position: Position): number {
    const index = indexAt(this.events, position);
    const { commit } = position;
    const starts = [
      0n,
      START.commit,
      this.events[index]?.commit,
      this.events[index]?.prepare,
      this.events[index - 1]?.next.commit,
    ];
    if (commit < this.end && !starts.includes(commit)) throw invalidPosition();
    return index;
  }

  /** Writes the events as one transaction, and returns them as stored in the log. */
  write(stream: string, proposed: readonly ProposedEvent[], firstRevision?: bigint): readonly StoredEvent[] {
    const revision = firstRevision ?? this.stream(stream).lastRevision + 1n;
    const prepares = proposed.map((event) => this.takeRoom(BigInt(PREPARE_SIZE + sizeOf(event) + stream.length)));
    const commit = this.commitRecords && proposed.length > 1 ? this.takeRoom(COMMIT_SIZE) : undefined;
    const created = Date.now();
    const stored = proposed.map((event, index): StoredEvent => {
      const { start, end } = prepares[index] ?? { start: this.end, end: this.end };
      const place =
        commit === undefined
          ? { commit: start, prepare: start, next: { commit: end, prepare: 0n } }
          : { commit: commit.start, prepare: start, next: { commit: commit.start, prepare: end } };
      return { ...event, ...place, stream, revision: revision + BigInt(index), created };
    });
    this.dataFile?.append(stored);
    for (const event of stored) this.index(event);
    for (const event of stored) for (const listener of [...this.listeners]) listener(event);
    return stored;
  }

  private takeRoom(size: bigint): { readonly start: bigint; readonly end: bigint } {
    const start = this.end;
    this.end += size;
    return { start, end: this.end };
  }

  private index(event: StoredEvent): void {
    this.events.push(event);
    const stream = this.stream(event.stream);
    if (event.revision === DELETED_STREAM) {
      stream.tombstoned = true;
      return;
    }
    stream.events.push(event);
    stream.byId.set(event.id, event);
    if (event.stream.startsWith('$$')) this.stream(event.stream.slice(2)).describe(metadataOf(event));
  }
}

/** The size of an event. EventStore/EventStore src/EventStore.Core/Data/Event.cs */
export function sizeOf({ type, data, metadata }: ProposedEvent): number {
  return data.length + metadata.length + type.length * 2;
}

function metadataOf(event: StoredEvent): { readonly $tb?: number; readonly $maxCount?: number } {
  return JSON.parse(Buffer.from(event.data).toString()) as { $tb?: number; $maxCount?: number };
}
