import type { Kysely } from 'kysely';
import type { Checkpoint } from './checkpoint';
import { openCheckpoint, UnknownSigner } from './checkpoint';
import type { CheckpointTables } from './checkpoints.tables';
import { MalformedNote, type VerifierKey } from './signed-note';

/** A checkpoint that the log has to agree with, and where it came from. */
export interface DueCheckpoint extends Checkpoint {
  readonly note: string;
  /** Shown to people, such as the name of a file. */
  readonly source: string;
}

/** A checkpoint is not signed as it should be by one of the known keys. */
export class UnprovenCheckpoint extends Error {
  /** @param code whether it was changed, or was signed by an unknown key, which by itself proves nothing wrong. */
  constructor(
    message: string,
    readonly code: 'checkpoint-changed' | 'unknown-key' = 'checkpoint-changed',
  ) {
    super(message);
  }
}

const PAGE = 500;

/** Checkpoints in order of size: those in the database, read in pages, and those that were kept elsewhere. */
export class DueCheckpoints {
  #stored: DueCheckpoint[] = [];
  readonly #kept: DueCheckpoint[];
  /** The size of the last one that was read from the database. */
  #after: number;

  /** @param from the smallest size of interest. */
  constructor(
    private readonly reader: Kysely<CheckpointTables>,
    private readonly keys: readonly VerifierKey[],
    kept: readonly DueCheckpoint[],
    from: number,
  ) {
    this.#after = from - 1;
    this.#kept = kept.filter(({ size }) => size >= from).sort((one, other) => one.size - other.size);
  }

  /** The smallest checkpoint not yet taken; undefined when there is none. @throws UnprovenCheckpoint */
  async next(): Promise<DueCheckpoint | undefined> {
    if (this.#stored.length === 0) this.#stored = await this.#page();
    const [stored] = this.#stored;
    const [kept] = this.#kept;
    return kept === undefined || (stored !== undefined && stored.size <= kept.size) ? stored : kept;
  }

  /** Removes the one that `next` returned. */
  take(checkpoint: DueCheckpoint): void {
    if (checkpoint === this.#stored[0]) this.#stored.shift();
    else this.#kept.shift();
  }

  async #page(): Promise<DueCheckpoint[]> {
    const rows = await this.reader
      .selectFrom('checkpoints')
      .select(['size', 'note'])
      .where('size', '>', this.#after)
      .orderBy('size')
      .limit(PAGE)
      .execute();
    this.#after = rows.at(-1)?.size ?? this.#after;
    return rows.map(({ size, note }) => {
      const source = `the checkpoint of ${size} events in the database`;
      const checkpoint = provenCheckpoint(note, source, this.keys);
      if (checkpoint.size === size) return checkpoint;
      throw new UnprovenCheckpoint(`${source} was signed of ${checkpoint.size} events.`);
    });
  }
}

/** @throws UnprovenCheckpoint */
export function provenCheckpoint(note: string, source: string, keys: readonly VerifierKey[]): DueCheckpoint {
  try {
    return { ...openCheckpoint(note, keys), note, source };
  } catch (error) {
    if (!(error instanceof MalformedNote || error instanceof UnknownSigner)) throw error;
    const code = error instanceof UnknownSigner ? 'unknown-key' : 'checkpoint-changed';
    throw new UnprovenCheckpoint(`${source} cannot be believed: ${error.message}`, code);
  }
}
