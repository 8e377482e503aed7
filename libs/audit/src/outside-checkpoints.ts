import type { Database } from '@connections/database/database';
import { type Checkpoint, openCheckpoint, UnknownSigner } from './checkpoint';
import type { CheckpointTables } from './checkpoints.tables';
import { type KeyFile, UnusableKeys } from './key-file';
import { keysKnownTo } from './known-keys';
import { LogForked } from './last-leaf';
import { MalformedNote, parseVerifierKey, type VerifierKey } from './signed-note';

/** A place to which checkpoints are delivered, and which can tell the newest. */
export interface OutsidePlace {
  /** Its name, as it may be shown to anybody. */
  readonly place: string;
  /**
   * The note of the largest checkpoint there; null if there is none, or if the place cannot tell. @throws the system's
   * error.
   */
  newest(): Promise<string | null>;
}

/** How often to check, in milliseconds, until all places are known to agree. */
const LOOK_EVERY = 5_000;

/**
 * Checkpoints delivered outside are as binding as those in the database: after log and database were restored from the
 * same day, nothing else knows what was signed since.
 */
export class OutsideCheckpoints {
  /** The places not yet known to agree. Once one agrees, it only receives checkpoints that are in the database. */
  #places: readonly OutsidePlace[];
  #looking: Promise<void> = Promise.resolve();
  #lookAgain = 0;

  /** @param unforked rejects when the tree does not agree with a checkpoint. */
  constructor(
    places: readonly OutsidePlace[],
    private readonly database: Database<CheckpointTables>,
    private readonly keys: KeyFile,
    private readonly unforked: (signed: Checkpoint & { readonly note: string }) => Promise<unknown>,
  ) {
    this.#places = places;
  }

  /**
   * Checks the places, at most once every few seconds; calls in between share the result. @throws LogForked, TreeBehind
   */
  requireSame(): Promise<void> {
    if (this.#places.length > 0 && performance.now() >= this.#lookAgain) {
      this.#lookAgain = performance.now() + LOOK_EVERY;
      this.#looking = this.#look();
    }
    return this.#looking;
  }

  async #look(): Promise<void> {
    for (const target of this.#places) {
      // An unreadable place does not block signing: it may become readable again, and "doctor" reports it.
      const note = await target.newest().catch(() => null);
      if (note === null) continue;
      try {
        await this.unforked({ ...(await this.#opened(note, target.place)), note });
      } catch (error) {
        if (!(error instanceof LogForked)) this.#lookAgain = 0;
        throw error;
      }
      this.#places = this.#places.filter((other) => other !== target);
    }
  }

  async #opened(note: string, place: string): Promise<Checkpoint> {
    const known = (await keysKnownTo(this.database)).map(({ line }) => parseVerifierKey(line));
    try {
      return openCheckpoint(note, [...known, ...this.#own()]);
    } catch (error) {
      if (!(error instanceof UnknownSigner || error instanceof MalformedNote)) throw error;
      throw new LogForked(
        `The largest checkpoint in ${place} is none of this log, by the keys that are known: ${error.message} Nothing is signed. Restore the database and the key that belong to it, or let checkpoints be brought to another folder.`,
      );
    }
  }

  /** The keys of the file, which the database may not know yet. */
  #own(): VerifierKey[] {
    try {
      return this.keys.read();
    } catch (error) {
      if (!(error instanceof UnusableKeys)) throw error;
      return [];
    }
  }
}
