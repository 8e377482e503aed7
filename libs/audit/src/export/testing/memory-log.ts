import { connectionIdOfStream } from '@connections/connection/connection-id';
import { commitmentTo, type NewText } from '@connections/connection/texts';
import {
  type EventToAppend,
  type JsonObject,
  type LoggedEvent,
  type ReadOptions,
  type RecordedEvent,
  type WrittenBatch,
  writtenDown,
} from '@connections/event-store/event-store';
import { chained, hashOf } from '@connections/event-store/hash-chain';
import { signCheckpoint } from '../../checkpoint';
import type { SignedCheckpoint } from '../../checkpoints';
import { GrowingTree, type Hash, leafHash, type Range, rangeHash, subtreesOf } from '../../merkle-tree';
import type { SignerKey } from '../../signed-note';
import type { Leaf } from '../../tree';
import type { ExportSources } from '../sources';

const positionOf = (index: number): string => String(index + 1).padStart(16, '0');

/** A log, its tree, and the data beside it, in memory. */
export class MemoryLog implements ExportSources {
  readonly events: LoggedEvent[] = [];
  readonly texts = new Map<string, NewText>();
  readonly names = new Map<string, string>();
  readonly #streams = new Map<string, { event: RecordedEvent; leaf: number }[]>();
  readonly #nodes = new Map<string, Hash>();
  readonly #tree = new GrowingTree();

  append(stream: string, event: EventToAppend): void {
    const own = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, own);
    const previous = own.at(-1);
    const written = chained(event, stream, own.length, previous ? hashOf(previous.event) : null);
    const logged = { ...written, stream, revision: own.length, position: positionOf(this.events.length) };
    own.push({ event: logged, leaf: this.events.length });
    this.events.push(logged);
    this.#tree.append(leafHash(Buffer.from(written.metadata.hash, 'hex')), ({ level, index }, node) =>
      this.#nodes.set(`${level}/${index}`, node),
    );
  }

  /** Stores a text and returns its commitment. */
  commit(text: string, salt: string): string {
    const commitment = commitmentTo(salt, text);
    this.texts.set(commitment, { commitment, salt, text });
    return commitment;
  }

  checkpoint(keys: readonly SignerKey[], signedAt: string, size = this.events.length): SignedCheckpoint {
    const root = this.#rangeHash({ begin: 0, end: size });
    const checkpoint = { origin: (keys[0] as SignerKey).name, size, root, signedAt };
    return { ...checkpoint, note: signCheckpoint(checkpoint, keys) };
  }

  readonly log: ExportSources['log'] = {
    head: async () => this.events.at(-1)?.position ?? '',
    written: (options) => this.#written(options.after, options.batchSize ?? 1_000),
    read: (stream, options = {}) => this.#read(stream, options),
  };

  readonly tree: ExportSources['tree'] = {
    hashesOf: async (ranges) => ranges.map((range) => this.#rangeHash(range)),
    leaves: async (from, limit) => this.events.slice(from, from + limit).map(leafAt),
    positionOf: async (leaf) => this.events[leaf]?.position ?? null,
    leavesOf: async (stream, from, limit) =>
      (this.#streams.get(stream) ?? []).slice(from, from + limit).map(({ leaf }) => leaf),
  };

  readonly textsOf: ExportSources['textsOf'] = async (commitments) =>
    commitments.flatMap((commitment) => this.texts.get(commitment) ?? []);

  readonly namesOf: ExportSources['namesOf'] = async (ids) =>
    new Map(ids.flatMap((id) => (this.names.has(id) ? [[id, this.names.get(id) as string]] : [])));

  readonly connectionsOf: ExportSources['connectionsOf'] = async (organizationId, after, limit) =>
    [...this.#streams.values()]
      .flatMap(([first]) =>
        first && partiesOf(first.event.data).includes(organizationId) ? [connectionIdOfStream(first.event.stream)] : [],
      )
      .filter((id) => id > after)
      .sort()
      .slice(0, limit);

  #rangeHash(range: Range): Hash {
    return rangeHash(subtreesOf(range).map(({ level, index }) => this.#nodes.get(`${level}/${index}`) as Hash));
  }

  async *#written(after: string, size: number): AsyncGenerator<WrittenBatch> {
    for (let at = Number(after); at < this.events.length; at += size) {
      const events = this.events.slice(at, at + size);
      yield { events: events.map(writtenDown), upTo: (events.at(-1) as LoggedEvent).position };
    }
  }

  async *#read(stream: string, { direction, from, limit }: ReadOptions): AsyncGenerator<RecordedEvent> {
    const events = (this.#streams.get(stream) ?? []).map(({ event }) => event);
    const isBackwards = direction === 'backwards';
    const asked = isBackwards ? events.slice(0, (from ?? events.length) + 1).reverse() : events.slice(from);
    yield* asked.slice(0, limit);
  }
}

const leafAt = (event: LoggedEvent): Leaf => ({
  stream: event.stream,
  revision: event.revision,
  hash: leafHash(Buffer.from(hashOf(event) as string, 'hex')).toString('base64'),
});

const partiesOf = (data: JsonObject): unknown[] => [
  data['source-organization-id'],
  data['destination-organization-id'],
];
