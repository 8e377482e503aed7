import type { Kysely } from 'kysely';
import { commitmentTo, type TextTables } from '@connections/connection/texts';
import type { Database } from '@connections/database/database';
import {
  claimedHash,
  isItsHash,
  type LinkFault,
  linkFaultTexts,
  type StreamEnd,
  StreamEnds,
} from '@connections/event-store/chain-links';
import { type EventStore, type LoggedEvent, type Position, START } from '@connections/event-store/event-store';
import { hashOf } from '@connections/event-store/hash-chain';
import { logUntil } from '@connections/event-store/log-until';
import type { ProjectionTables } from '@connections/event-store/projection';
import { progressOf, type RebuildProgress } from '@connections/event-store/rebuild';
import type { CheckpointTables } from './checkpoints.tables';
import { type DueCheckpoint, DueCheckpoints, provenCheckpoint, UnprovenCheckpoint } from './due-checkpoints';
import { type FaultCode, FaultFound, type LogFault, nameOf } from './log-fault';
import { GrowingTree, type Hash, leafHash } from './merkle-tree';
import { parseVerifierKey, type VerifierKey } from './signed-note';
import { StoredTree, type StoredLeaf } from './stored-tree';
import type { TreeTables } from './tree.table';
import { treeOf, UnusableState, type VerificationState } from './verification-state';

export interface VerifyLogOptions {
  /** Keys that checkpoints are signed by; those that the database knows when left out. */
  readonly keys?: readonly VerifierKey[];
  /** Signed notes of checkpoints that were kept elsewhere, and what they are called. */
  readonly kept?: readonly { readonly source: string; readonly note: string }[];
  /** Where an earlier verification has come to. */
  readonly state?: VerificationState;
  /** Is told of every checkpoint that was found to be true. */
  readonly onState?: (state: VerificationState) => void;
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
}

export interface LogVerdict {
  /** The first thing that is wrong; null when nothing is. */
  readonly fault: LogFault | null;
  /** Events of the log that are vouched for by now, those of an earlier verification included. */
  readonly size: number;
  /** Events that this one has read. */
  readonly events: number;
  /** Checkpoints that this one has found to be true. */
  readonly checkpoints: number;
  /** The size of the last of them, or of the one it went on from; events behind it nobody has signed yet. */
  readonly signed: number;
  readonly texts: {
    /** Texts that are what was committed to. */
    readonly whole: number;
    /** Commitments whose texts are not there. */
    readonly gone: number;
    /** Redactions in the log, each of which has taken a text away. */
    readonly redacted: number;
  };
}

type Tables = TreeTables & CheckpointTables & TextTables & ProjectionTables;

const BATCH_SIZE = 2_000;
const REDACTION = 'ConnectionTextRedacted';

/**
 * Reads the whole log in its order and compares it with everything that vouches for it: each event with its own hash,
 * its predecessor's, its leaf in the tree and its texts, and the tree of all of them with every checkpoint. Whatever its
 * size, the log is read once, a batch at a time.
 * @throws UnusableState, StoreUnavailable, DatabaseUnavailable, or the reason of the signal.
 */
export async function verifyLog(
  store: EventStore,
  database: Database<Tables>,
  options: VerifyLogOptions = {},
): Promise<LogVerdict> {
  const { reader } = database;
  const keys = options.keys ?? (await knownKeys(reader));
  const verification = new LogVerification(store, reader, keys, options);
  return verification.run();
}

async function knownKeys(reader: Kysely<Tables>): Promise<VerifierKey[]> {
  const rows = await reader.selectFrom('audit_keys').select('line').execute();
  return rows.map(({ line }) => parseVerifierKey(line));
}

class LogVerification {
  readonly #ends = new StreamEnds();
  readonly #stored: StoredTree;
  #tree = new GrowingTree();
  #due!: DueCheckpoints;
  #next: DueCheckpoint | undefined;
  #position: Position = START;
  #signed = 0;
  #events = 0;
  #checkpoints = 0;
  #texts = { whole: 0, gone: 0, redacted: 0 };
  /** The log and the table of the tree differ from here on; the next checkpoint tells which of them is right. */
  #suspicion: LogFault | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly reader: Kysely<Tables>,
    private readonly keys: readonly VerifierKey[],
    private readonly options: VerifyLogOptions,
  ) {
    this.#stored = new StoredTree(reader);
  }

  async run(): Promise<LogVerdict> {
    let fault: LogFault | null = null;
    try {
      await this.#begin();
      await this.#readAll();
    } catch (error) {
      if (error instanceof UnprovenCheckpoint) fault = this.#faultHere('checkpoint-changed', null, error.message);
      else if (error instanceof FaultFound) fault = error.fault;
      else throw error;
    }
    const [size, events, checkpoints, signed] = [this.#tree.size, this.#events, this.#checkpoints, this.#signed];
    return { fault, size, events, checkpoints, signed, texts: this.#texts };
  }

  async #begin(): Promise<void> {
    const { state, kept = [] } = this.options;
    const opened = kept.map(({ note, source }) => provenCheckpoint(note, source, this.keys));
    if (state !== undefined) await this.#goOnFrom(state, opened);
    this.#due = new DueCheckpoints(this.reader, this.keys, kept, this.#tree.size);
    this.#next = await this.#due.next();
  }

  /** @throws UnusableState when it is of another log, or cannot vouch for what is asked for. */
  async #goOnFrom(state: VerificationState, kept: readonly DueCheckpoint[]): Promise<void> {
    const tree = treeOf(state);
    const { last } = state;
    try {
      provenCheckpoint(state.checkpoint, 'The checkpoint of the state', this.keys);
    } catch (error) {
      if (!(error instanceof UnprovenCheckpoint)) throw error;
      throw new UnusableState(`${error.message} It is the state of another log; leave it out, and begin anew.`);
    }
    const older = kept.find(({ size }) => size < tree.size);
    if (older !== undefined) {
      const details = `${older.source} is of ${older.size} events, and the state goes on behind ${tree.size}.`;
      throw new UnusableState(`${details} Leave the state out, and begin anew.`);
    }
    for await (const event of this.store.read(last.stream, { from: last.revision, limit: 1 })) {
      if (hashOf(event) !== last.hash || (event.position ?? last.position) !== last.position) break;
      this.#tree = tree;
      this.#signed = tree.size;
      this.#position = last.position;
      const root = kept.find(({ size }) => size === tree.size)?.root;
      if (root?.equals(tree.root) === false) break;
      return;
    }
    const details = `The log has not the event ${nameOf(last)} at the place that the state says.`;
    throw new UnusableState(`${details} It is another log, or was changed; leave the state out, and begin anew.`);
  }

  async #readAll(): Promise<void> {
    const { signal, onProgress } = this.options;
    let until = await this.store.head();
    const progress = progressOf(this.store, until);
    let last: LoggedEvent | undefined;
    for (;;) {
      const rest = { after: this.#position, until, batchSize: BATCH_SIZE, ...(signal && { signal }) };
      for await (const { events, upTo } of logUntil(this.store, rest)) {
        if (events.length > 0) await this.#see(events);
        last = events.at(-1) ?? last;
        this.#position = upTo;
        onProgress?.(progress(upTo, events.length));
      }
      if (last !== undefined) await this.#meetCheckpoints(last);
      this.#next ??= await this.#due.next();
      if (this.#next === undefined) break;
      // It may have been signed while this was read.
      const head = await this.store.head();
      if (head <= until) return this.#truncated(`${this.#next.source} vouches for ${this.#next.size} events`);
      until = head;
    }
    if (this.#suspicion !== null) {
      const why = `${this.#suspicion.why} No later checkpoint says whether the log or the table is right.`;
      throw new FaultFound({ ...this.#suspicion, why });
    }
    const [beyond] = await this.#stored.leaves(this.#tree.size, 1);
    if (beyond !== undefined && !(await this.#isInLog(beyond))) {
      return this.#truncated(`the tree has at least ${this.#tree.size + 1} events`);
    }
  }

  async #see(events: readonly LoggedEvent[]): Promise<void> {
    const [leaves, predecessors, texts] = await Promise.all([
      this.#stored.leaves(this.#tree.size, events.length),
      this.#predecessorsOf(events),
      this.#textsOf(events),
    ]);
    for (const [place, event] of events.entries()) {
      const [leaf, before] = [leaves[place], this.#ends.replace(event)];
      if (!this.#isItsLeaf(event, leaf)) await this.#compareWithTree(event, leaf);
      if (!continues(event, before)) await this.#compareWithPredecessor(event, before, predecessors);
      this.#compareWithTexts(event, texts);
      this.#tree.append(this.#leaf);
      this.#events += 1;
      if (this.#next !== undefined && this.#next.size <= this.#tree.size) await this.#meetCheckpoints(event);
    }
  }

  /** @param event the last one that was read. */
  async #meetCheckpoints(event: LoggedEvent): Promise<void> {
    for (;;) {
      this.#next ??= await this.#due.next();
      if (this.#next === undefined || this.#next.size > this.#tree.size) return;
      // One that was signed of less, while this was read already, has come too late.
      if (this.#next.size === this.#tree.size) this.#compareWithCheckpoint(this.#next, event);
      this.#due.take(this.#next);
      this.#next = undefined;
    }
  }

  /** The leaf of the event that is looked at. */
  #leaf: Hash = Buffer.alloc(0);

  /** What nearly every event is: its own hash, and the leaf that was written of it. */
  #isItsLeaf(event: LoggedEvent, leaf: StoredLeaf | undefined): boolean {
    const leafHashed = leafHash(Buffer.from(hashOf(event) ?? '', 'hex'));
    this.#leaf = leafHashed;
    if (!isItsHash(event)) return false;
    if (leaf === undefined || this.#suspicion !== null) return true;
    const { stream, revision, hash } = leaf;
    return stream === event.stream && revision === event.revision && hash === leafHashed.toString('base64');
  }

  /** @throws FaultFound */
  async #compareWithTree(event: LoggedEvent, leaf: StoredLeaf | undefined): Promise<void> {
    const isWhole = isItsHash(event);
    if (this.#suspicion === null && leaf !== undefined) {
      if (leaf.stream !== event.stream || leaf.revision !== event.revision) {
        this.#suspicion = await this.#misplaced(event, leaf);
      } else if (isWhole) {
        const why = `${nameOf(event)} carries another hash than when it was written: it was changed and hashed anew.`;
        this.#suspicion = this.#faultHere('changed', event, why);
      }
    }
    if (hashOf(event) === null && leaf === undefined) {
      this.#fail('inserted', event, `${nameOf(event)} carries no hash: it was not written by this service.`);
    }
    if (!isWhole) this.#fail('changed', event, `${nameOf(event)} ${linkFaultTexts['not-its-hash']}.`);
  }

  async #misplaced(event: LoggedEvent, leaf: StoredLeaf): Promise<LogFault> {
    const [name, expected] = [nameOf(event), nameOf(leaf)];
    if (!(await this.#isInLog(leaf))) {
      const why = `${expected} was here and is gone; ${name} follows.`;
      return { code: 'removed', event: expected, index: this.#tree.size, position: null, why };
    }
    const own = await this.#stored.indexOf(event.stream, event.revision);
    if (own === null)
      return this.#faultHere('inserted', event, `${name} is here, and was not when ${expected} was written here.`);
    const why = `${name} is here, where ${expected} was written; its own place is ${own}.`;
    return this.#faultHere('reordered', event, why);
  }

  async #compareWithPredecessor(
    event: LoggedEvent,
    before: StreamEnd | undefined,
    predecessors: Map<string, string>,
  ): Promise<void> {
    const claimed = claimedHash(event);
    if (event.revision === 0) {
      if (claimed !== null) this.#failLink('claims-predecessor', event);
      return;
    }
    if (before !== undefined && before.revision >= event.revision) {
      const why = `${nameOf(event)} comes behind revision ${before.revision} of its stream.`;
      this.#fail('reordered', event, why);
    }
    const isNext = before?.revision === event.revision - 1;
    const leaf = isNext ? undefined : predecessors.get(keyOf(event.stream, event.revision - 1));
    if (leaf !== undefined && typeof claimed === 'string' && leafOf(claimed) === leaf) return;
    const previous = isNext ? before : await this.#endAt(event.stream, event.revision - 1);
    if (previous === undefined) {
      const missing = { stream: event.stream, revision: event.revision - 1 };
      const why = `${nameOf(missing)} is gone; ${nameOf(event)} was written behind it.`;
      this.#fail('removed', event, why, nameOf(missing));
    }
    if (previous?.hash !== claimed) this.#failLink('other-predecessor', event);
  }

  #compareWithTexts(event: LoggedEvent, texts: Map<string, boolean>): void {
    if (event.type === REDACTION) {
      this.#texts.redacted += 1;
      return;
    }
    for (const commitment of commitmentsOf(event)) {
      const isWhole = texts.get(commitment);
      if (isWhole === undefined) this.#texts.gone += 1;
      else if (isWhole) this.#texts.whole += 1;
      else this.#fail('text-changed', event, `A text of ${nameOf(event)} is not the one that the log commits to.`);
    }
  }

  #compareWithCheckpoint(checkpoint: DueCheckpoint, event: LoggedEvent): void {
    const { size, root, source } = checkpoint;
    const agrees = root.equals(this.#tree.root);
    if (agrees && this.#suspicion !== null) {
      const { index, event: name } = this.#suspicion;
      const why = `The table of the tree has something else at ${index}, and ${source} agrees with the log: run "projection rebuild tree", and find out who writes to the database.`;
      throw new FaultFound({ code: 'tree-changed', event: name, index, position: null, why });
    }
    if (!agrees) {
      const between = `one of the events from ${this.#signed} to ${size - 1}, counted from 0, is not the one that was signed`;
      const why = `${source}, signed at ${checkpoint.signedAt}, is of another log: ${between}. The log agrees with the database, so both were changed.`;
      this.#fail('forked', event, why, null, this.#signed);
    }
    this.#signed = size;
    this.#checkpoints += 1;
    const { stream, revision, position } = event;
    const last = { stream, revision, hash: hashOf(event) ?? '', position };
    const edge = this.#tree.edge.map((hash) => hash.toString('base64'));
    this.options.onState?.({ form: 'connections/verification/v1', checkpoint: checkpoint.note, edge, last });
  }

  /** @throws FaultFound */
  async #truncated(whoSays: string): Promise<void> {
    if (this.#suspicion !== null) throw new FaultFound(this.#suspicion);
    const index = this.#tree.size;
    const [first] = await this.#stored.leaves(index, 1);
    const why = `The log ends after ${index} events, and ${whoSays}.`;
    throw new FaultFound({ code: 'truncated', event: first ? nameOf(first) : null, index, position: null, why });
  }

  /** The hashes of leaves in base64, of predecessors that are not at hand. */
  async #predecessorsOf(events: readonly LoggedEvent[]): Promise<Map<string, string>> {
    const met = new Map<string, number>();
    const sought: { readonly stream: string; readonly revision: number }[] = [];
    for (const { stream, revision } of events) {
      const last = met.get(stream) ?? this.#ends.of(stream)?.revision;
      if (revision > 0 && last !== revision - 1) sought.push({ stream, revision: revision - 1 });
      met.set(stream, revision);
    }
    const found = await this.#stored.leavesOf(sought);
    return new Map(found.map(({ stream, revision, hash }) => [keyOf(stream, revision), hash]));
  }

  /** Of the commitments in events, whether the text that is there is the one. */
  async #textsOf(events: readonly LoggedEvent[]): Promise<Map<string, boolean>> {
    const commitments = events.flatMap(commitmentsOf);
    const whole = new Map<string, boolean>();
    for (let at = 0; at < commitments.length; at += TEXTS_AT_ONCE) {
      const rows = await this.reader
        .selectFrom('texts')
        .selectAll()
        .where('commitment', 'in', commitments.slice(at, at + TEXTS_AT_ONCE))
        .execute();
      for (const { commitment, salt, text } of rows) whole.set(commitment, commitmentTo(salt, text) === commitment);
    }
    return whole;
  }

  async #endAt(stream: string, revision: number): Promise<StreamEnd | undefined> {
    for await (const event of this.store.read(stream, { from: revision, limit: 1 })) {
      if (event.revision === revision) return { revision, hash: hashOf(event) };
    }
    return undefined;
  }

  async #isInLog({ stream, revision }: Pick<StoredLeaf, 'stream' | 'revision'>): Promise<boolean> {
    return (await this.#endAt(stream, revision)) !== undefined;
  }

  #failLink(fault: LinkFault, event: LoggedEvent): void {
    this.#fail('changed', event, `${nameOf(event)} ${linkFaultTexts[fault]}.`);
  }

  /** What was suspected before comes first. @throws FaultFound */
  #fail(code: FaultCode, event: LoggedEvent, why: string, name?: string | null, index?: number): void {
    const fault = { ...this.#faultHere(code, event, why), ...(index !== undefined && { index }) };
    const named = name === undefined ? fault : { ...fault, event: name, position: null };
    throw new FaultFound(this.#suspicion ?? named);
  }

  #faultHere(code: FaultCode, event: LoggedEvent | null, why: string): LogFault {
    return {
      code,
      event: event && nameOf(event),
      index: this.#tree.size,
      position: event && event.position,
      why,
    };
  }
}

/** Whether an event goes on from the one before it in its stream, as far as that is at hand. */
function continues(event: LoggedEvent, before: StreamEnd | undefined): boolean {
  const claimed = claimedHash(event);
  if (event.revision === 0) return before === undefined && claimed === null;
  return before?.revision === event.revision - 1 && claimed === before.hash;
}

const TEXTS_AT_ONCE = 500;

/** Most events commit to nothing. */
const NONE: readonly string[] = [];

const keyOf = (stream: string, revision: number): string => `${stream}@${revision}`;

const leafOf = (hash: string): string => leafHash(Buffer.from(hash, 'hex')).toString('base64');

/** What stands in an event for texts that lie beside the log. */
function commitmentsOf({ type, data }: LoggedEvent): readonly string[] {
  if (type === REDACTION) return NONE;
  let found = NONE;
  for (const name in data) {
    if (!name.endsWith('-commitment')) continue;
    const value = data[name];
    if (typeof value === 'string') found = [...found, value];
  }
  return found;
}
