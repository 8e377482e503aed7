import { connectionIdOfStream } from '@connections/connection/connection-id';
import type { Checkpoint } from '../checkpoint';
import { rootByInclusion } from '../merkle-tree';
import { type Predecessor, type Stand, verifyContents } from './contents';
import { leafOf, proven } from './event-leaf';
import { finding, type NotWhole } from './findings';
import { hashesIn } from './framing';
import type { Order } from './order';
import { type EventParts, type ExportFormat, type Frame, sourceOf } from './records';
import type { Said } from './telling';
import { nameIn } from './telling';

/**
 * The order of exports of an organization or a connection: by connection id, then by revision. Every event has its own
 * inclusion proof.
 */
export class ConnectionOrder implements Order {
  readonly #source: string;
  #last: Stand | null = null;
  #events = 0;

  constructor(
    private readonly format: ExportFormat,
    private readonly frame: Frame,
    private readonly checkpoint: Checkpoint,
  ) {
    this.#source = sourceOf(frame);
  }

  get events(): number {
    return this.#events;
  }

  next(line: string, number: number, next: () => string | null): void {
    const parts = this.format.readEvent(line);
    if (parts === null) {
      throw finding(
        'changed',
        { line: number, event: nameIn(line) ?? this.#expected() },
        `Line ${number} is no event, which comes here.`,
      );
    }
    const predecessor = this.#predecessorOf(parts, number, next);
    const found = proven(parts);
    this.#verifyLeaf(line, parts, found.hash, number);
    const placed = { line, number, parts, proven: found, leaf: parts.leaf };
    const { stand, said } = verifyContents(placed, predecessor, this.format, this.#source);
    this.#verifyParty(said, parts, number);
    this.#last = stand;
    this.#events += 1;
  }

  /** Events missing at the end are revealed by the signature. */
  end(): void {
    return;
  }

  /** Checks that this event may come here, and returns the state of its connection before it. */
  #predecessorOf(parts: EventParts, number: number, next: () => string | null): Predecessor {
    const { scope, since } = this.frame;
    const subject = connectionIdOfStream(parts.stream);
    const last = this.#last;
    if (subject === last?.subject) {
      if (parts.revision !== last.revision + 1) throw this.#misplaced(parts, last.revision + 1, number, next);
      return last;
    }
    const event = `${subject}@${parts.revision}`;
    if (scope.kind === 'connection' && subject !== scope.id) {
      const why = `${event} is of another connection than ${scope.id}, which is exported.`;
      throw finding('inserted', { line: number, event }, why);
    }
    if (last !== null && subject < last.subject) {
      const why = `${event} stands behind ${last.subject}: connections come in the order of their ids.`;
      throw finding('reordered', { line: number, event }, why);
    }
    if (since > 0) return parts.revision === 0 ? null : undefined;
    if (parts.revision !== 0) throw this.#misplaced(parts, 0, number, next);
    return null;
  }

  #misplaced(parts: EventParts, expected: number, number: number, next: () => string | null): NotWhole {
    const subject = connectionIdOfStream(parts.stream);
    const event = `${subject}@${expected}`;
    const line = next();
    const behind = line === null ? null : this.format.readEvent(line);
    const isNext = behind?.stream === parts.stream && behind.revision === expected;
    const code = parts.revision < expected ? 'inserted' : isNext ? 'reordered' : 'removed';
    return finding(
      code,
      { line: number, event },
      `${event} comes here, and line ${number} has revision ${parts.revision}.`,
    );
  }

  #verifyLeaf(line: string, parts: EventParts, hash: string, number: number): void {
    const { since, size } = this.frame;
    const { leaf } = parts;
    const proof = hashesOf(parts.proof);
    const before = this.#last?.subject === connectionIdOfStream(parts.stream) ? this.#last.leaf : since - 1;
    const root =
      Number.isSafeInteger(leaf) && leaf > before && proof !== null
        ? rootByInclusion(Buffer.from(leafOf(hash), 'base64'), leaf, size, proof)
        : null;
    if (root?.equals(this.checkpoint.root)) return;
    // Nothing that it says is proven, so it is called what it calls itself.
    const event = nameIn(line) ?? `${connectionIdOfStream(parts.stream)}@${parts.revision}`;
    const why = `${event} is not in the log: its proof does not lead from its hash to the checkpoint of ${size} events.`;
    throw finding('changed', { line: number, event, leaf: Number.isSafeInteger(leaf) ? leaf : null }, why);
  }

  #verifyParty({ event }: Said, parts: EventParts, number: number): void {
    const { scope } = this.frame;
    if (scope.kind !== 'organization' || event.type !== 'ConnectionCreated') return;
    if ([event.sourceOrganizationId, event.destinationOrganizationId].includes(scope.id)) return;
    const name = `${connectionIdOfStream(parts.stream)}@${parts.revision}`;
    throw finding('inserted', { line: number, event: name }, `${name} is of a connection without ${scope.id}.`);
  }

  /** The event that has to come next, if that is known. */
  #expected(): string | null {
    if (this.#last !== null) return `${this.#last.subject}@${this.#last.revision + 1}`;
    return this.frame.scope.kind === 'connection' && this.frame.since === 0 ? `${this.frame.scope.id}@0` : null;
  }
}

/** Null if the text is not a well-formed list of hashes. */
function hashesOf(json: string | null): Buffer[] | null {
  if (json === null) return null;
  const texts = json === '[]' ? [] : json.slice(2, -2).split('","');
  return JSON.stringify(texts) === json ? hashesIn(texts) : null;
}
