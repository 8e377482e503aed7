import { type EventStore, type Position, type WrittenEvent } from '@connections/event-store/event-store';
import { type LinkFault, linkFaultTexts, type StreamEnd } from '@connections/event-store/chain-links';
import { hashOf, writtenClaim } from '@connections/event-store/hash-chain';
import type { DueCheckpoint } from './due-checkpoints';
import { type FaultCode, FaultFound, type LogFault, nameOf } from './log-fault';
import { type GrowingTree, type Hash, leafHash } from './merkle-tree';
import type { Leaf, Tree } from './tree';

/** An event of the log, and what is computed from it. */
export interface Seen {
  readonly event: WrittenEvent;
  /** The hash over its content. */
  readonly hash: string;
  /** The hash that it carries; null if it carries none. */
  readonly carried: string | null;
  /** The leaf made from the hash that it carries. */
  readonly leaf: Hash;
  /** The event last met before it in its stream, if that is remembered. */
  readonly before: StreamEnd | undefined;
  /** Its commitments to texts that are stored beside the log. */
  readonly commitments: readonly string[];
}

/** What some events of the log are compared with. */
export interface Surroundings {
  /** The leaves in the table of the tree from index `from` on. */
  readonly leaves: readonly Leaf[];
  readonly from: number;
  /** The leaf hashes, in base64, of predecessors that are not remembered, by `keyOf` the event. */
  readonly predecessors: ReadonlyMap<string, string>;
  /** For each commitment whose text is there, whether it is the right one. */
  readonly texts: ReadonlyMap<string, boolean>;
}

const REDACTION = 'ConnectionTextRedacted';

/** Decides whether each event is as it should be, and says what is wrong with the first that is not. */
export class LogJudge {
  readonly #texts = { whole: 0, gone: 0, redacted: 0 };
  /** Set where the log and the table of the tree begin to differ; the next checkpoint tells which of them is right. */
  #suspicion: LogFault | null = null;

  /** @param tree over the events that were judged so far. */
  constructor(
    private readonly store: EventStore,
    private readonly stored: Pick<Tree, 'leaves' | 'leafOf'>,
    private readonly tree: GrowingTree,
  ) {}

  /** See `LogVerdict`. */
  get texts(): Readonly<Record<'whole' | 'gone' | 'redacted', number>> {
    return this.#texts;
  }

  /**
   * The quick check that nearly every event passes: its own hash, the link to its predecessor, and its leaf are right.
   */
  isSound({ event, hash, carried, leaf, before }: Seen, { leaves, from }: Surroundings): boolean {
    const { stream, revision, metadata } = event;
    if (hash !== carried || this.#suspicion !== null) return false;
    const written = leaves[this.tree.size - from];
    if (written?.hash !== leaf.toString('base64') || written.stream !== stream || written.revision !== revision) {
      return false;
    }
    const claimed = writtenClaim(metadata);
    if (revision === 0) return before === undefined && claimed === null;
    return before?.revision === revision - 1 && claimed === before.hash;
  }

  /** The thorough check of an event that is not sound. @throws FaultFound */
  async examine(seen: Seen, { leaves, from, predecessors }: Surroundings): Promise<void> {
    await this.#compareWithTree(seen, leaves[this.tree.size - from]);
    await this.#compareWithPredecessor(seen, predecessors);
  }

  async #compareWithTree({ event, hash, carried, leaf }: Seen, written: Leaf | undefined): Promise<void> {
    const isWhole = hash === carried;
    if (this.#suspicion === null && written !== undefined) {
      if (written.stream !== event.stream || written.revision !== event.revision) {
        this.#suspicion = await this.#misplaced(event, written);
      } else if (isWhole && written.hash !== leaf.toString('base64')) {
        const why = `${nameOf(event)} carries another hash than when it was written: it was changed and hashed anew.`;
        this.#suspicion = this.#faultHere('changed', event, why);
      }
    }
    if (carried === null && written === undefined) {
      this.#fail('inserted', event, `${nameOf(event)} carries no hash: it was not written by this service.`);
    }
    if (!isWhole) this.#fail('changed', event, `${nameOf(event)} ${linkFaultTexts['not-its-hash']}.`);
    if (written === undefined && !(isJson(event.data) && isJson(event.metadata))) {
      this.#fail('changed', event, `What is stored of ${nameOf(event)} is no JSON.`);
    }
  }

  async #misplaced(event: WrittenEvent, leaf: Leaf): Promise<LogFault> {
    const [name, expected] = [nameOf(event), nameOf(leaf)];
    if (!(await this.#isInLog(leaf))) {
      const why = `${expected} was here and is gone; ${name} follows.`;
      return { code: 'removed', event: expected, index: this.tree.size, position: null, why };
    }
    const own = await this.stored.leafOf(event.stream, event.revision);
    if (own === null)
      return this.#faultHere('inserted', event, `${name} is here, and was not when ${expected} was written here.`);
    const why = `${name} is here, where ${expected} was written; its own place is ${own}.`;
    return this.#faultHere('reordered', event, why);
  }

  async #compareWithPredecessor({ event, before }: Seen, predecessors: Surroundings['predecessors']): Promise<void> {
    const claimed = writtenClaim(event.metadata);
    if (event.revision === 0) {
      if (claimed !== null) this.#failLink('claims-predecessor', event);
      if (before === undefined) return;
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
      this.#fail('removed', event, why, { event: nameOf(missing), position: null });
    }
    if (previous?.hash !== claimed) this.#failLink('other-predecessor', event);
  }

  /** @throws FaultFound */
  compareWithTexts({ event, commitments }: Seen, texts: Surroundings['texts']): void {
    if (event.type === REDACTION) this.#texts.redacted += 1;
    for (const commitment of commitments) {
      const isWhole = texts.get(commitment);
      if (isWhole === undefined) this.#texts.gone += 1;
      else if (isWhole) this.#texts.whole += 1;
      else this.#fail('text-changed', event, `A text of ${nameOf(event)} is not the one that the log commits to.`);
    }
  }

  /** @param signed the size of the previous checkpoint. @throws FaultFound */
  compareWithCheckpoint(checkpoint: DueCheckpoint, signed: number): void {
    const { size, root, source } = checkpoint;
    const agrees = root.equals(this.tree.root);
    if (agrees && this.#suspicion !== null) {
      const { index, event: name } = this.#suspicion;
      const why = `The table of the tree has something else at ${index}, and ${source} agrees with the log: run "projection rebuild tree", and find out who writes to the database.`;
      throw new FaultFound({ code: 'tree-changed', event: name, index, position: null, why });
    }
    if (agrees) return;
    const between =
      signed < size
        ? `one of the events from ${signed} to ${size - 1}, counted from 0, is not the one that was signed. The log agrees with the database, so both were changed`
        : `another checkpoint of ${size} events, which agrees with this one, was signed as well`;
    const why = `${source}, signed at ${checkpoint.signedAt}, is of another log: ${between}.`;
    throw new FaultFound(this.#suspicion ?? { code: 'forked', event: null, index: signed, position: null, why });
  }

  /** To be called after the last event. @throws FaultFound when something is missing, or a suspicion remains. */
  async end(): Promise<void> {
    if (this.#suspicion !== null) {
      const why = `${this.#suspicion.why} No later checkpoint says whether the log or the table is right.`;
      throw new FaultFound({ ...this.#suspicion, why });
    }
    const { size } = this.tree;
    const [beyond] = await this.stored.leaves(size, 1);
    if (beyond !== undefined && !(await this.#isInLog(beyond))) {
      return this.truncated(`the tree has at least ${size + 1} events`);
    }
  }

  /** @throws FaultFound */
  async truncated(whoSays: string): Promise<void> {
    if (this.#suspicion !== null) throw new FaultFound(this.#suspicion);
    const index = this.tree.size;
    const [first] = await this.stored.leaves(index, 1);
    const why = `The log ends after ${index} events, and ${whoSays}.`;
    throw new FaultFound({ code: 'truncated', event: first ? nameOf(first) : null, index, position: null, why });
  }

  async #endAt(stream: string, revision: number): Promise<StreamEnd | undefined> {
    for await (const event of this.store.read(stream, { from: revision, limit: 1 })) {
      if (event.revision === revision) return { revision, hash: hashOf(event) };
    }
    return undefined;
  }

  async #isInLog({ stream, revision }: Leaf): Promise<boolean> {
    return (await this.#endAt(stream, revision)) !== undefined;
  }

  #failLink(fault: LinkFault, event: WrittenEvent): void {
    this.#fail('changed', event, `${nameOf(event)} ${linkFaultTexts[fault]}.`);
  }

  /** Throws an earlier suspicion first. @throws FaultFound */
  #fail(code: FaultCode, event: WrittenEvent, why: string, other: Partial<LogFault> = {}): void {
    throw new FaultFound(this.#suspicion ?? { ...this.#faultHere(code, event, why), ...other });
  }

  #faultHere(code: FaultCode, event: WrittenEvent, why: string): LogFault & { readonly position: Position } {
    return { code, event: nameOf(event), index: this.tree.size, position: event.position, why };
  }
}

export const keyOf = (stream: string, revision: number): string => `${stream}@${revision}`;

const leafOf = (hash: string): string => leafHash(Buffer.from(hash, 'hex')).toString('base64');

/** Most events commit to nothing. */
const NONE: readonly string[] = [];
/** Inside a string its quotation marks would be escaped, so it matches nothing else. */
const COMMITMENT = /"[^"\\]*-commitment":"([^"\\]*)"/g;

/** The commitments of an event to texts that are stored beside the log. */
export function commitmentsOf({ type, data }: WrittenEvent): readonly string[] {
  if (type === REDACTION || !data.includes('-commitment":"')) return NONE;
  return Array.from(data.matchAll(COMMITMENT), ([, commitment = '']) => commitment);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
