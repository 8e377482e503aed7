import { connectionIdOfStream } from '@connections/connection/connection-id';
import { createHash } from 'node:crypto';
import { hashOf } from '@connections/event-store/hash-chain';
import type { SignedCheckpoint } from '../checkpoints';
import { consistencyProofOf, type Hash, inclusionProofOf, type Range, subtreeProofOf } from '../merkle-tree';
import { type SignerKey, signNote, verifierLine } from '../signed-note';
import { organizationsText, textOfDisclosed } from './contents';
import { leafOf } from './event-leaf';
import { begunLine, endedLine, endedText, frameOf, tileLine } from './framing';
import { type Begun, type ExportFormat, type Frame, sourceOf, TILE } from './records';
import type { Scope } from './scope';
import { type ExportSources, type LeafEvent } from './sources';
import { Statuses } from './statuses';
import { type Disclosed, namedIn, type Said, saidBy, statusAfter, summaryOf } from './telling';
import { walk } from './walk';

export interface ExportRequest {
  readonly scope: Scope;
  readonly format: ExportFormat;
  /** The checkpoint against which everything is proven. */
  readonly checkpoint: SignedCheckpoint;
  /** The older checkpoint that the export continues; null for everything. */
  readonly since: SignedCheckpoint | null;
  /** The keys that sign the export. At least one. */
  readonly signers: readonly SignerKey[];
}

/**
 * The bytes of an export, in pieces. They depend only on the request and on what is stored, not on a clock: generated
 * again they are the same, unless a text was redacted meanwhile.
 * @param onEvents is told the number of events so far.
 * @throws LogIncomplete, StoreUnavailable, DatabaseUnavailable
 */
export async function* exportOf(
  request: ExportRequest,
  sources: ExportSources,
  onEvents: (events: number) => void = () => undefined,
  unwanted?: AbortSignal,
): AsyncGenerator<Buffer> {
  const { format, signers } = request;
  const begun = await begunOf(request, sources);
  const frame = frameOf(request.scope, begun);
  const digest = createHash('sha256');
  const written = new WrittenLines();
  const digested = (lines: readonly string[]): Buffer => {
    const bytes = written.bytesOf(lines);
    digest.update(bytes);
    return bytes;
  };
  yield digested([format.head, begunLine(format, frame, begun)]);
  const teller = new Teller(format, frame, sources);
  let events = 0;
  for await (const piece of walk(frame, sources, unwanted)) {
    yield digested(await teller.tell(piece));
    events += piece.length;
    onEvents(events);
  }
  const note = signNote(endedText(frame, events, digest.digest('hex')), signers);
  yield Buffer.from(endedLine(format, frame, note));
}

/** Encodes lines into bytes one by one: joined into one string first, they cost many times as much. */
class WrittenLines {
  #room = Buffer.allocUnsafeSlow(2 ** 16);

  bytesOf(lines: readonly string[]): Buffer {
    let end = 0;
    for (const line of lines) {
      // UTF-8 takes at most three bytes for each UTF-16 code unit.
      const most = end + 3 * line.length;
      if (most > this.#room.length) this.#room = Buffer.concat([this.#room.subarray(0, end)], 2 * most);
      end += this.#room.write(line, end);
    }
    return Buffer.from(this.#room.subarray(0, end));
  }
}

async function begunOf({ checkpoint, since, signers }: ExportRequest, { tree }: ExportSources): Promise<Begun> {
  const proof = since && (await tree.hashesOf(consistencyProofOf(since.size, checkpoint.size)));
  return {
    checkpoint: checkpoint.note,
    keys: signers.map(verifierLine),
    since: since && { checkpoint: since.note, proof: (proof ?? []).map(base64) },
  };
}

/** Renders events as lines. */
class Teller {
  readonly #source: string;
  readonly #statuses: Statuses;

  constructor(
    private readonly format: ExportFormat,
    private readonly frame: Frame,
    private readonly sources: ExportSources,
  ) {
    this.#source = sourceOf(frame);
    this.#statuses = new Statuses(sources.log);
  }

  /** The lines of consecutive events. */
  async tell(piece: readonly LeafEvent[]): Promise<string[]> {
    const said = piece.map(({ event: { stream, revision, type, id, data, metadata } }) =>
      saidBy(stream, revision, type, id, data, metadata),
    );
    const inTiles = this.frame.scope.kind === 'everything';
    const [texts, names, tiles, proofs] = await Promise.all([
      this.#texts(said),
      this.sources.namesOf([...new Set(said.flatMap(namedIn))]).then((found) => Object.fromEntries(found)),
      inTiles ? this.#tiles(piece) : new Map<number, string>(),
      inTiles ? null : this.#proofs(piece),
    ]);
    const written = new Map<string, string>();
    const organizationsIn = (ids: readonly string[]): string => {
      const key = ids.join();
      const text = written.get(key) ?? organizationsText(ids, names);
      written.set(key, text);
      return text;
    };
    const lines: string[] = [];
    for (let at = 0; at < piece.length; at += 1) {
      const [{ event, written: stored, leaf }, says] = [piece[at] as LeafEvent, said[at] as Said];
      const { stream, revision } = event;
      const found = this.#statuses.before(stream, revision, says);
      const fromStatus = found instanceof Promise ? await found : found;
      const disclosed: Disclosed = says.commitment === null ? null : (texts.get(says.commitment) ?? 'redacted');
      const tile = tiles.get(leaf);
      if (tile !== undefined) lines.push(tile);
      const line = this.format.event(this.#source, {
        stream,
        revision,
        type: event.type,
        eventId: event.id,
        data: stored.data,
        metadata: stored.metadata,
        disclosed: textOfDisclosed(disclosed) as string,
        organizations: organizationsIn(namedIn(says)),
        fromStatus,
        leaf,
        proof: proofs === null ? null : (proofs[at] as string),
        subject: connectionIdOfStream(stream),
        time: says.event.occurredAt,
        toStatus: statusAfter(says, fromStatus),
        summary: summaryOf(says, disclosed, (id) => names[id] ?? null),
      });
      lines.push(line);
    }
    return lines;
  }

  async #texts(said: readonly Said[]): Promise<Map<string, { text: string; salt: string }>> {
    const commitments = said.flatMap(({ commitment }) => (commitment === null ? [] : [commitment]));
    const found = commitments.length === 0 ? [] : await this.sources.textsOf(commitments);
    return new Map(found.map(({ commitment, text, salt }) => [commitment, { text, salt }]));
  }

  /** The lines of tiles, by the leaf that each precedes. */
  async #tiles(piece: readonly LeafEvent[]): Promise<Map<number, string>> {
    const { size } = this.frame;
    const first = (piece[0] as LeafEvent).leaf;
    const aligned = first - (first % TILE);
    // An export that continues another may begin within a tile, but a tile is proven as a whole.
    const before = aligned === first ? [] : await this.sources.tree.leaves(aligned, first - aligned);
    const leaves = [...before.map(({ hash }) => hash), ...piece.map(({ event }) => leafOf(hashOf(event) ?? ''))];
    const ranges: Range[] = [];
    for (let at = 0; at < leaves.length; at += TILE) {
      ranges.push({ begin: aligned + at, end: aligned + Math.min(at + TILE, leaves.length) });
    }
    const proofs = await this.#hashesOf(ranges.map((range) => subtreeProofOf(range, size)));
    return new Map(
      ranges.map(({ begin, end }, at) => {
        const tile = { begin, leaves: leaves.slice(begin - aligned, end - aligned), proof: proofs[at] as string[] };
        return [Math.max(begin, first), tileLine(this.format, this.frame, tile)];
      }),
    );
  }

  async #proofs(piece: readonly LeafEvent[]): Promise<string[]> {
    const proofs = await this.#hashesOf(piece.map(({ leaf }) => inclusionProofOf(leaf, this.frame.size)));
    return proofs.map((proof) => JSON.stringify(proof));
  }

  /** The hashes of several proofs in base64, from one query. */
  async #hashesOf(paths: readonly (readonly Range[])[]): Promise<string[][]> {
    const hashes = await this.sources.tree.hashesOf(paths.flat());
    let at = 0;
    return paths.map((path) => hashes.slice(at, (at += path.length)).map(base64));
  }
}

const base64 = (hash: Hash): string => hash.toString('base64');
