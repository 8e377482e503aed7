import { connectionIdOfStream } from '@connections/connection/connection-id';
import type { Checkpoint } from '../checkpoint';
import { GrowingTree, type Hash, rootBySubtree, treeHash } from '../merkle-tree';
import { forkedAt } from './beginning';
import { type Predecessor, type Stand, verifyContents } from './contents';
import { leafOf, proven } from './event-leaf';
import { finding, type NotWhole } from './findings';
import { hashesIn, readTile, tileLine } from './framing';
import type { Order } from './order';
import { type EventParts, type ExportFormat, type Frame, sourceOf, type Tile, TILE } from './records';
import { nameIn } from './telling';
import { usualStand } from './usual-event';

/**
 * The order of an export of everything: that of the log, in tiles. Each tile has one proof for its leaves, and is
 * followed by their events.
 */
export class LogOrder implements Order {
  readonly #source: string;
  /** The leaf that comes next. */
  #leaf: number;
  #tile: Tile | null = null;
  /** The state of each connection that has changed within the tile. */
  #stands = new Map<string, Stand>();
  /** Fed only while a witness has to be compared with it. */
  readonly #tree = new GrowingTree();

  constructor(
    private readonly format: ExportFormat,
    private readonly frame: Frame,
    private readonly checkpoint: Checkpoint,
    private readonly pending: readonly Checkpoint[],
  ) {
    this.#source = sourceOf(frame);
    this.#leaf = frame.since;
  }

  get events(): number {
    return this.#leaf - this.frame.since;
  }

  next(line: string, number: number, next: () => string | null): void {
    const leaf = this.#leaf;
    if (leaf === this.frame.size) {
      throw finding('inserted', { line: number }, `Line ${number} stands behind the last event, leaf ${leaf - 1}.`);
    }
    if (this.#tile === null || leaf >= this.#tile.begin + this.#tile.leaves.length) this.#begin(line, number);
    else this.#event(line, number, next, this.#tile);
  }

  end(number: number): void {
    if (this.#leaf === this.frame.size) return;
    const why = `The events from leaf ${this.#leaf} to leaf ${this.frame.size - 1} are missing before line ${number}.`;
    throw finding('removed', { line: number, leaf: this.#leaf }, why);
  }

  #begin(line: string, number: number): void {
    const begin = this.#leaf - (this.#leaf % TILE);
    const json = this.format.readFraming('leaves', line);
    const place = { line: number, leaf: this.#leaf };
    if (json === null) {
      const parts = this.format.readEvent(line);
      const code = parts === null ? 'changed' : 'removed';
      throw finding(code, place, `Line ${number} is not the leaves from ${begin} on, which come here.`);
    }
    const tile = readTile(json);
    const hashes = tile && hashesIn(tile.leaves, TILE);
    const proof = tile && hashesIn(tile.proof);
    const end = Math.min(begin + TILE, this.frame.size);
    if (tile === null || hashes === null || proof === null || hashes.length === 0) {
      throw finding('changed', place, `The leaves from ${begin} on are not written as they have to be.`);
    }
    if (tile.begin !== begin) {
      const code = tile.begin > begin ? 'removed' : 'inserted';
      throw finding(
        code,
        place,
        `The leaves from ${begin} on come here, and line ${number} has those from ${tile.begin} on.`,
      );
    }
    const root = rootBySubtree(treeHash(hashes), { begin, end }, this.frame.size, proof);
    if (hashes.length !== end - begin || root === null || !root.equals(this.checkpoint.root)) {
      throw finding('changed', place, `The leaves from ${begin} on are not those of the checkpoint.`);
    }
    if (tileLine(this.format, this.frame, tile) !== line) {
      throw finding('changed', place, `The leaves from ${begin} on are not written as they have to be.`);
    }
    this.#tile = tile;
    this.#stands = new Map();
    if (this.pending.length > 0) this.#witness(hashes, number);
  }

  #witness(leaves: readonly Hash[], number: number): void {
    for (const leaf of leaves) {
      this.#tree.append(leaf);
      const { size } = this.#tree;
      const due = this.pending.filter((witness) => witness.size === size);
      if (due.some(({ root }) => !root.equals(this.#tree.root))) throw forkedAt(size, number);
    }
  }

  #event(line: string, number: number, next: () => string | null, tile: Tile): void {
    const leaf = this.#leaf;
    const usual = this.format.readUsual(line, leaf);
    if (usual !== null) {
      const predecessor = this.#predecessorOf(usual.stream, usual.revision);
      const stand = usualStand(usual, predecessor, this.#source, leaf, tile.leaves[leaf - tile.begin]);
      if (stand !== null) {
        this.#verified(usual.stream, stand);
        return;
      }
    }
    const parts = this.format.readEvent(line);
    if (parts === null || Number.isNaN(parts.revision)) throw this.#missing(line, number, leaf);
    const found = proven(parts);
    const hash = leafOf(found.hash);
    if (hash !== tile.leaves[leaf - tile.begin]) throw this.#misplaced(line, parts, hash, number, next, tile);
    if (parts.proof !== null) {
      // Nothing vouches for it here, and nothing else would look at what it says.
      const event = `${connectionIdOfStream(parts.stream)}@${parts.revision}`;
      throw finding(
        'changed',
        { line: number, event, leaf },
        'It has a proof of its own, which nothing vouches for: the leaves before it prove it.',
      );
    }
    const placed = { line, number, parts, proven: found, leaf };
    const { stand } = verifyContents(
      placed,
      this.#predecessorOf(parts.stream, parts.revision),
      this.format,
      this.#source,
    );
    this.#verified(parts.stream, stand);
  }

  #predecessorOf(stream: string, revision: number): Predecessor {
    return this.#stands.get(stream) ?? (revision === 0 ? null : undefined);
  }

  #verified(stream: string, stand: Stand): void {
    this.#stands.set(stream, stand);
    this.#leaf += 1;
  }

  #missing(line: string, number: number, leaf: number): NotWhole {
    const others = this.format.readFraming('leaves', line) ?? this.format.readFraming('ended', line);
    const code = others === null ? 'changed' : 'removed';
    return finding(
      code,
      { line: number, event: nameIn(line), leaf },
      `Line ${number} is not the event at leaf ${leaf}, which comes here.`,
    );
  }

  /** Tells what has happened to an event that is not the one expected here. */
  #misplaced(
    line: string,
    parts: EventParts,
    hash: string,
    number: number,
    next: () => string | null,
    tile: Tile,
  ): NotWhole {
    const leaf = this.#leaf;
    const at = tile.leaves.indexOf(hash);
    const own = `${connectionIdOfStream(parts.stream)}@${parts.revision}`;
    // If its hash is none of the tile's, nothing in it is proven, and the error uses the name that it gives itself.
    const event = at < 0 ? (nameIn(line) ?? own) : own;
    const place = { line: number, event, leaf };
    const expected = tile.leaves[leaf - tile.begin];
    const behind = next();
    const isNext = behind !== null && this.#hashOf(behind) === expected;
    if (at < 0 && isNext) {
      return finding(
        'inserted',
        place,
        `${event} is not in the log at leaf ${leaf}: the event of that leaf comes after it.`,
      );
    }
    if (at < 0) {
      return finding(
        'changed',
        place,
        `${event} is not the event that the log has at leaf ${leaf}: its hash is another.`,
      );
    }
    const its = tile.begin + at;
    if (isNext && its > leaf) {
      return finding('reordered', place, `${event} is at leaf ${its} of the log, and stands here at leaf ${leaf}.`);
    }
    if (its < leaf)
      return finding('inserted', place, `${event} stands here once more: it is at leaf ${its} of the log.`);
    return finding(
      'removed',
      place,
      `${event} is at leaf ${its} of the log: what is at leaf ${leaf} is missing before it.`,
    );
  }

  #hashOf(line: string): string | null {
    const parts = this.format.readEvent(line);
    return parts && leafOf(proven(parts).hash);
  }
}
