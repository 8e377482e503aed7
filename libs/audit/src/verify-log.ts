import { commitmentTo, Texts, type TextTables } from '@connections/connection/texts';
import type { Database } from '@connections/database/database';
import { StreamEnds } from '@connections/event-store/chain-links';
import { type EventStore, type Position, START, type WrittenEvent } from '@connections/event-store/event-store';
import { hashOf, writtenHash } from '@connections/event-store/hash-chain';
import { writtenUntil } from '@connections/event-store/log-until';
import type { ProjectionTables } from '@connections/event-store/projection';
import { progressOf, type RebuildProgress } from '@connections/event-store/rebuild';
import type { CheckpointTables } from './checkpoints.tables';
import { type DueCheckpoint, DueCheckpoints, provenCheckpoint, UnprovenCheckpoint } from './due-checkpoints';
import { keysKnownTo } from './known-keys';
import { FaultFound, type LogFault, nameOf } from './log-fault';
import { commitmentsOf, keyOf, LogJudge, type Seen, type Surroundings } from './log-judge';
import { GrowingTree, leafHash, type Range } from './merkle-tree';
import { compareWithOlder } from './older-checkpoints';
import { parseVerifierKey, type VerifierKey } from './signed-note';
import { BeyondTree, Tree } from './tree';
import type { TreeTables } from './tree.table';
import { treeOf, UnusableState, type VerificationState } from './verification-state';

export interface VerifyLogOptions {
  /** The keys that checkpoints are signed by; by default, those that the database knows. */
  readonly keys?: readonly VerifierKey[];
  /** Signed notes of checkpoints that were kept elsewhere, and the names to show for them. */
  readonly kept?: readonly { readonly source: string; readonly note: string }[];
  /** Where an earlier verification ended. */
  readonly state?: VerificationState;
  /** Called for every checkpoint that was found to be true. */
  readonly onState?: (state: VerificationState) => void;
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
}

export interface LogVerdict {
  /** The first thing found wrong; null if nothing was. */
  readonly fault: LogFault | null;
  /** Events verified in all, including those of an earlier verification. */
  readonly size: number;
  /** Events read by this verification. */
  readonly events: number;
  /** Checkpoints that this verification found to be true. */
  readonly checkpoints: number;
  /** How many of those were kept elsewhere. */
  readonly kept: number;
  /** The size of the last of those, or of the one it continued from; events beyond it are not signed yet. */
  readonly signed: number;
  readonly texts: {
    /** Texts that match their commitments. */
    readonly whole: number;
    /** Commitments whose texts are not there. */
    readonly gone: number;
    /** Redactions in the log, each of which removed a text. */
    readonly redacted: number;
  };
}

type Tables = TreeTables & CheckpointTables & TextTables & ProjectionTables;

/** Few enough that they are garbage before the collector promotes them. */
const BATCH_SIZE = 500;

/** What a verification reads of the table of the tree. */
type StoredTree = Pick<Tree, 'leaves' | 'leavesAt' | 'leafOf' | 'hashesOf'>;

/** Stands for a tree that does not exist yet. */
const NO_TREE: StoredTree = {
  leaves: async () => [],
  leavesAt: async () => [],
  leafOf: async () => null,
  hashesOf: async ([range]) => {
    throw new BeyondTree(range as Range);
  },
};

/**
 * Reads the whole log in order and compares it with everything that vouches for it: each event with its own hash, its
 * predecessor's, its leaf in the tree and its texts, and the tree of all of them with every checkpoint. The log is read
 * once, a batch at a time, whatever its size.
 * @throws UnusableState, StoreUnavailable, DatabaseUnavailable, or the reason of the signal.
 */
export async function verifyLog(
  store: EventStore,
  database: Database<Tables>,
  options: VerifyLogOptions = {},
): Promise<LogVerdict> {
  const keys = options.keys ?? (await keysKnownTo(database.as())).map(({ line }) => parseVerifierKey(line));
  const tree = (await isTreeThere(database)) ? new Tree(database.as()) : NO_TREE;
  return new LogVerification(store, database, tree, keys, options).run();
}

async function isTreeThere({ reader }: Database<Tables>): Promise<boolean> {
  const row = await reader.selectFrom('projections').select('name').where('name', '=', 'tree').executeTakeFirst();
  return row !== undefined;
}

/** Reads the log and collects what each event is to be compared with; `LogJudge` decides what is wrong. */
class LogVerification {
  readonly #ends = new StreamEnds();
  readonly #texts: Texts;
  #tree = new GrowingTree();
  #judge: LogJudge;
  #due!: DueCheckpoints;
  #next: DueCheckpoint | undefined;
  #position: Position = START;
  #signed = 0;
  #events = 0;
  #checkpoints = 0;
  #kept: ReadonlySet<DueCheckpoint> = new Set();
  #keptAgree = 0;

  constructor(
    private readonly store: EventStore,
    private readonly database: Database<Tables>,
    private readonly stored: StoredTree,
    private readonly keys: readonly VerifierKey[],
    private readonly options: VerifyLogOptions,
  ) {
    this.#texts = new Texts(database.as());
    this.#judge = new LogJudge(store, stored, this.#tree);
  }

  async run(): Promise<LogVerdict> {
    let fault: LogFault | null = null;
    try {
      await this.#begin();
      await this.#readAll();
    } catch (error) {
      if (error instanceof UnprovenCheckpoint) fault = this.#unproven(error);
      else if (error instanceof FaultFound) fault = error.fault;
      else throw error;
    }
    const [size, events, checkpoints, kept] = [this.#tree.size, this.#events, this.#checkpoints, this.#keptAgree];
    return { fault, size, events, checkpoints, kept, signed: this.#signed, texts: this.#judge.texts };
  }

  async #begin(): Promise<void> {
    const { state, kept = [] } = this.options;
    const opened = kept.map(({ note, source }) => provenCheckpoint(note, source, this.keys));
    this.#kept = new Set(opened);
    if (state !== undefined) await this.#goOnFrom(state, opened);
    this.#judge = new LogJudge(this.store, this.stored, this.#tree);
    this.#due = new DueCheckpoints(this.database.reader, this.keys, opened, this.#tree.size);
    // The checkpoints of the starting size, which is zero or that of the state.
    await this.#meetCheckpoints(null);
  }

  /** @throws UnusableState when it is of another log, or does not cover what is asked for; FaultFound. */
  async #goOnFrom(state: VerificationState, kept: readonly DueCheckpoint[]): Promise<void> {
    const tree = treeOf(state);
    const { last } = state;
    try {
      provenCheckpoint(state.checkpoint, 'The checkpoint of the state', this.keys);
    } catch (error) {
      if (!(error instanceof UnprovenCheckpoint)) throw error;
      const advice =
        error.code === 'unknown-key'
          ? 'Add its key, or leave the state out and begin anew.'
          : 'It is the state of another log; leave it out, and begin anew.';
      throw new UnusableState(`${error.message} ${advice}`);
    }
    for await (const event of this.store.read(last.stream, { from: last.revision, limit: 1 })) {
      if (hashOf(event) !== last.hash || (event.position ?? last.position) !== last.position) break;
      this.#tree = tree;
      this.#signed = tree.size;
      this.#position = last.position;
      const older = kept.filter(({ size }) => size < tree.size);
      await compareWithOlder(older, tree, this.stored);
      older.forEach((checkpoint) => this.#agrees(checkpoint));
      return;
    }
    const details = `The log has not the event ${nameOf(last)} at the place that the state says.`;
    throw new UnusableState(`${details} It is another log, or was changed; leave the state out, and begin anew.`);
  }

  async #readAll(): Promise<void> {
    const { signal, onProgress } = this.options;
    let until = await this.store.head();
    const progress = progressOf(this.store, until);
    let last: Seen | undefined;
    for (;;) {
      const rest = { after: this.#position, until, batchSize: BATCH_SIZE, ...(signal && { signal }) };
      for await (const { events, upTo } of writtenUntil(this.store, rest)) {
        if (events.length > 0) last = await this.#see(events);
        this.#position = upTo;
        onProgress?.(progress(upTo, events.length));
      }
      if (last !== undefined) await this.#meetCheckpoints(last);
      this.#next ??= await this.#due.next();
      if (this.#next === undefined) break;
      // The checkpoint may have been signed after this read began.
      const head = await this.store.head();
      if (head <= until) return this.#judge.truncated(`${this.#next.source} vouches for ${this.#next.size} events`);
      until = head;
    }
    await this.#judge.end();
  }

  /** @returns the last of them. */
  async #see(events: readonly WrittenEvent[]): Promise<Seen> {
    const from = this.#tree.size;
    const seen = events.map((event): Seen => {
      const { hash, carried } = writtenHash(event);
      const leaf = leafHash(Buffer.from(carried ?? '', 'hex'));
      return {
        event,
        hash,
        carried,
        leaf,
        before: this.#ends.replace(event, carried),
        commitments: commitmentsOf(event),
      };
    });
    const [leaves, predecessors, texts] = await Promise.all([
      this.stored.leaves(from, events.length),
      this.#predecessorsOf(seen),
      this.#textsOf(seen),
    ]);
    const around: Surroundings = { leaves, from, predecessors, texts };
    for (const one of seen) {
      if (!this.#judge.isSound(one, around)) await this.#judge.examine(one, around);
      this.#judge.compareWithTexts(one, texts);
      this.#tree.append(one.leaf);
      this.#events += 1;
      if (this.#next !== undefined && this.#next.size <= this.#tree.size) await this.#meetCheckpoints(one);
    }
    return seen.at(-1) as Seen;
  }

  /** @param last the last event that was looked at; null before the first. */
  async #meetCheckpoints(last: Seen | null): Promise<void> {
    for (;;) {
      this.#next ??= await this.#due.next();
      if (this.#next === undefined || this.#next.size > this.#tree.size) return;
      // A smaller one was signed while this was already past its size, too late to be compared.
      if (this.#next.size === this.#tree.size) this.#met(this.#next, last);
      this.#due.take(this.#next);
      this.#next = undefined;
    }
  }

  #met(checkpoint: DueCheckpoint, seen: Seen | null): void {
    this.#judge.compareWithCheckpoint(checkpoint, this.#signed);
    this.#signed = checkpoint.size;
    this.#agrees(checkpoint);
    if (seen === null) return;
    const { event, carried } = seen;
    const { stream, revision, position } = event;
    const last = { stream, revision, hash: carried ?? '', position };
    const edge = this.#tree.edge.map((hash) => hash.toString('base64'));
    this.options.onState?.({ form: 'connections/verification/v1', checkpoint: checkpoint.note, edge, last });
  }

  #agrees(checkpoint: DueCheckpoint): void {
    this.#checkpoints += 1;
    if (this.#kept.has(checkpoint)) this.#keptAgree += 1;
  }

  /** The leaf hashes, in base64, of predecessors that are not remembered. */
  async #predecessorsOf(seen: readonly Seen[]): Promise<Map<string, string>> {
    const sought = seen.flatMap(({ event: { stream, revision }, before }) =>
      revision > 0 && before?.revision !== revision - 1 ? [{ stream, revision: revision - 1 }] : [],
    );
    const found = await this.stored.leavesAt(sought);
    return new Map(found.map(({ stream, revision, hash }) => [keyOf(stream, revision), hash]));
  }

  /** For the commitments of events whose text is there, whether it is the right one. */
  async #textsOf(seen: readonly Seen[]): Promise<Map<string, boolean>> {
    const texts = await this.#texts.kept(seen.flatMap(({ commitments }) => commitments));
    return new Map(texts.map(({ commitment, salt, text }) => [commitment, commitmentTo(salt, text) === commitment]));
  }

  #unproven({ code, message: why }: UnprovenCheckpoint): LogFault {
    return { code, event: null, index: this.#tree.size, position: null, why };
  }
}
