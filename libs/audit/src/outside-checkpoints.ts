import type { Database } from '@connections/database/database';
import { type Checkpoint, openCheckpoint, UnknownSigner } from './checkpoint';
import type { CheckpointTables } from './checkpoints.tables';
import { type KeyFile, UnusableKeys } from './key-file';
import { keysKnownTo } from './known-keys';
import { LogForked } from './last-leaf';
import { MalformedNote, parseVerifierKey, type VerifierKey } from './signed-note';

/** A place that checkpoints were brought to, and that tells which. */
export interface OutsidePlace {
  /** Where it is, as anybody may see it. */
  readonly place: string;
  /** The note of the largest one that is there; null where there is none, or where it does not tell. @throws what the system says. */
  newest(): Promise<string | null>;
}

/** How often to look, in milliseconds, until it is known that they agree. */
const LOOK_EVERY = 5_000;

/**
 * What was brought outside binds as what is in the database does: after log and database were restored from the same day,
 * nothing else knows of what was signed since.
 */
export class OutsideCheckpoints {
  /** Those of which it is not known yet that they agree: from then on nothing comes to them that is not in the database. */
  #places: readonly OutsidePlace[];
  #looking: Promise<void> = Promise.resolve();
  #lookAgain = 0;

  /** @param unforked fails where the tree is not what a checkpoint says. */
  constructor(
    places: readonly OutsidePlace[],
    private readonly database: Database<CheckpointTables>,
    private readonly keys: KeyFile,
    private readonly unforked: (signed: Checkpoint & { readonly note: string }) => Promise<unknown>,
  ) {
    this.#places = places;
  }

  /** Looks at them once for all who ask within a few seconds. @throws LogForked, TreeBehind */
  requireSame(): Promise<void> {
    if (this.#places.length > 0 && performance.now() >= this.#lookAgain) {
      this.#lookAgain = performance.now() + LOOK_EVERY;
      this.#looking = this.#look();
    }
    return this.#looking;
  }

  async #look(): Promise<void> {
    for (const target of this.#places) {
      // What cannot be read binds nobody: it may be made readable, and "doctor" tells of it.
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

  /** Those in the file, which the database may not know yet. */
  #own(): VerifierKey[] {
    try {
      return this.keys.read();
    } catch (error) {
      if (!(error instanceof UnusableKeys)) throw error;
      return [];
    }
  }
}
