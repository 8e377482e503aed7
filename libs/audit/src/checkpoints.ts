import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import type { EventStore, Position } from '@connections/event-store/event-store';
import { type Checkpoint, readCheckpoint, signCheckpoint } from './checkpoint';
import type { CheckpointTables } from './checkpoints.tables';
import type { KeyFile } from './key-file';
import { register, signersIn } from './known-keys';
import { LogForked, requireFollowed } from './last-leaf';
import { OutsideCheckpoints, type OutsidePlace } from './outside-checkpoints';
import type { SignerKey } from './signed-note';
import { BeyondTree, type Tree } from './tree';
import type { TreeTables } from './tree.table';

/** A checkpoint together with its signed note. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string;
}

/** What feeds the tree; a `Projector` is one. */
export interface TreeFollower {
  /** Whether the tree exists. */
  readonly readable: boolean;
  /** Everything up to its position is in the tree. */
  readonly status: { readonly position: Position };
  /**
   * Waits until a position is in the tree. @returns false when that took longer than `timeout` ms, or cannot happen.
   */
  reached(position: Position, timeout: number): Promise<boolean>;
}

/** The tree has not yet caught up with the log. */
export class TreeBehind extends Error {
  constructor() {
    super('The tree that proofs are made of has not seen the whole log yet.');
  }
}

/** How long to wait for the tree to catch up with the log, in milliseconds. */
const PATIENCE = 5_000;

type Tables = CheckpointTables & TreeTables;

/**
 * The checkpoints that were signed. Their sizes only grow, and there is at most one of each size, no matter which
 * instance signs.
 */
export class Checkpoints {
  readonly #outside: OutsideCheckpoints;
  /** The signing that is queued: it will see all that is in the tree when it begins. Null when none is queued. */
  #next: Promise<SignedCheckpoint> | null = null;
  /** Settles when the last requested signing has ended. */
  #underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database<Tables>,
    private readonly store: Pick<EventStore, 'head' | 'read'>,
    private readonly tree: Tree,
    private readonly follower: TreeFollower,
    private readonly keys: KeyFile,
    /** Where checkpoints are delivered. */
    places: readonly OutsidePlace[] = [],
  ) {
    const unforked = (signed: SignedCheckpoint): Promise<unknown> => this.#unforked(signed);
    this.#outside = new OutsideCheckpoints(places, database.as(), keys, unforked);
  }

  /** The largest checkpoint; null before the first. */
  async latest(): Promise<SignedCheckpoint | null> {
    return newestOf(this.database.reader);
  }

  /** The checkpoint of a size; null if none was signed there. */
  async at(size: number): Promise<SignedCheckpoint | null> {
    const row = await this.database.reader
      .selectFrom('checkpoints')
      .select('note')
      .where('size', '=', size)
      .executeTakeFirst();
    return row === undefined ? null : signedOf(row);
  }

  /** Newest first. @param page.below only checkpoints of smaller sizes. @param page.limit the most to return. */
  async list(page: { readonly below?: number; readonly limit: number }): Promise<SignedCheckpoint[]> {
    const rows = await this.database.reader
      .selectFrom('checkpoints')
      .select('note')
      .where('size', '<', page.below ?? Number.MAX_SAFE_INTEGER)
      .orderBy('size', 'desc')
      .limit(page.limit)
      .execute();
    return rows.map(signedOf);
  }

  /**
   * A checkpoint of everything that is in the log at this moment, signed now if there is none yet.
   * @throws TreeBehind when the tree does not catch up within a few seconds; see `sign` for the rest.
   */
  async coveringNow(): Promise<SignedCheckpoint> {
    const reaching = this.follower.reached(await this.#head(), PATIENCE);
    // A tree over another log never catches up, so that is found out first.
    if (this.follower.readable) await this.#requireFollowed();
    if (!(await reaching) || !this.follower.readable) throw new TreeBehind();
    return this.sign();
  }

  /**
   * The checkpoint of the whole tree as it is, signed now if there is none yet. Calls made while another signing runs
   * share the next one: each signing waits for a lock, and many at once would hold all the connections that it needs.
   * @throws UnusableKeys, LogForked, StoreUnavailable; TreeBehind while the tree is being rebuilt and is smaller than
   * what was signed.
   */
  sign(): Promise<SignedCheckpoint> {
    if (this.#next !== null) return this.#next;
    const signing = this.#underWay.then(() => {
      this.#next = null;
      return this.#signNow();
    });
    this.#next = signing;
    this.#underWay = signing.then(
      () => undefined,
      () => undefined,
    );
    return signing;
  }

  async #signNow(): Promise<SignedCheckpoint> {
    const latest = await this.examine();
    if (latest !== null && latest.size === (await this.tree.size())) return latest;
    return this.database.transaction('durable', async (tx) => {
      await this.database.lock(tx, 'checkpoints');
      const newest = await newestOf(tx);
      const size = await this.tree.size();
      if (newest !== null) {
        await this.#unforked(newest);
        if (newest.size === size) return newest;
      }
      const signers = await signersIn(this.keys, tx, newest?.origin ?? null);
      await register(tx, signers);
      const [{ name: origin }] = signers;
      const checkpoint = { origin, size, root: await this.tree.root(size), signedAt: new Date().toISOString() };
      const note = signCheckpoint(checkpoint, signers);
      await tx.insertInto('checkpoints').values({ size, note }).execute();
      return { ...checkpoint, note };
    });
  }

  /**
   * The keys that sign an export made against a checkpoint, provided that the log is still the one that was signed.
   * @throws UnusableKeys, LogForked, StoreUnavailable, TreeBehind
   */
  async signersBeside(signed: SignedCheckpoint): Promise<readonly SignerKey[]> {
    await this.examine();
    const { origin } = await this.#unforked(signed);
    return signersIn(this.keys, this.database.reader, origin);
  }

  /**
   * Returns the largest checkpoint after checking that the tree still agrees with it and belongs to this log. @throws
   * LogForked, StoreUnavailable, TreeBehind
   */
  async examine(): Promise<SignedCheckpoint | null> {
    await this.#requireFollowed();
    await this.#outside.requireSame();
    const latest = await this.latest();
    return latest === null ? null : this.#unforked(latest);
  }

  /**
   * See `requireFollowed`. The tree's projector checks this too, but that may be long ago. @throws LogForked,
   * StoreUnavailable
   */
  async #requireFollowed(): Promise<void> {
    // A log file that was moved away can still be read, but asking for its head fails.
    await this.#head();
    await requireFollowed(await this.tree.last(), this.store);
  }

  /**
   * Returns the checkpoint after checking that the log still agrees with it. @throws LogForked, StoreUnavailable,
   * TreeBehind
   */
  async requireUnforked(signed: SignedCheckpoint): Promise<SignedCheckpoint> {
    await this.#requireFollowed();
    return this.#unforked(signed);
  }

  #head(): Promise<Position> {
    return this.store.head(this.follower.status.position);
  }

  async #unforked(signed: SignedCheckpoint): Promise<SignedCheckpoint> {
    const root = await this.#rootAt(signed.size);
    if (root !== null && root.equals(signed.root)) return signed;
    const what = root === null ? 'the log holds fewer events than that' : 'the log is another one by now';
    throw new LogForked(
      `A checkpoint of ${signed.size} events was signed at ${signed.signedAt}, and ${what}: it was changed, or replaced by an older copy. Nothing is signed any more. Restore the log that was signed; "audit verify" tells what differs.`,
    );
  }

  /** Null when the log itself is smaller. @throws TreeBehind when only the tree is. */
  async #rootAt(size: number): Promise<Buffer | null> {
    try {
      return await this.tree.root(size);
    } catch (error) {
      if (!(error instanceof BeyondTree)) throw error;
      if (!(await this.follower.reached(await this.#head(), 0))) throw new TreeBehind();
      // The tree may have grown in between.
      return size <= (await this.tree.size()) ? this.tree.root(size) : null;
    }
  }
}

const signedOf = ({ note }: { readonly note: string }): SignedCheckpoint => ({ ...readCheckpoint(note), note });

async function newestOf(database: Kysely<Tables>): Promise<SignedCheckpoint | null> {
  const row = await database
    .selectFrom('checkpoints')
    .select('note')
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : signedOf(row);
}
