import { connectionIdOfStream } from '@connections/connection/connection-id';
import { UnknownEvent } from '@connections/connection/stored-events';
import type { Status } from '@connections/connection/domain/lifecycle';
import type { JsonObject } from '@connections/event-store/event-store';
import type { Proven } from './event-leaf';
import { finding, type NotWhole } from './findings';
import type { EventParts, EventRecord, ExportFormat } from './records';
import {
  canFollow,
  type Disclosed,
  isDisclosure,
  type Names,
  namedIn,
  type Said,
  saidBy,
  statusAfter,
  summaryOf,
  Untellable,
} from './telling';

/** The state of a connection after an event. */
export interface Stand {
  readonly subject: string;
  readonly revision: number;
  readonly hash: string;
  readonly status: Status | null;
  readonly leaf: number;
}

/** The state after the preceding event of the stream: undefined if that is unknown, null if there is no such event. */
export type Predecessor = Stand | null | undefined;

/** An event whose place is proven, and the line that describes it. */
export interface Placed {
  readonly line: string;
  readonly number: number;
  readonly parts: EventParts;
  readonly proven: Proven;
  /** Its proven index in the tree. */
  readonly leaf: number;
}

/**
 * Verifies everything that a line says of an event beyond what its place in the tree proves: the line is rendered again
 * from what is proven, and has to be the same to the byte.
 * @throws NotWhole
 */
export function verifyContents(
  { line, number, parts, proven, leaf }: Placed,
  predecessor: Predecessor,
  format: ExportFormat,
  source: string,
): { readonly stand: Stand; readonly said: Said } {
  const { revision } = parts;
  const subject = connectionIdOfStream(parts.stream);
  const place = { line: number, event: `${subject}@${revision}`, leaf };
  const changed = (why: string): NotWhole => finding('changed', place, why);
  if (proven.carried !== proven.hash) throw changed('The hash that it carries is not its own.');
  const data = parsed(parts.data) as JsonObject | null;
  const metadata = parsed(parts.metadata) as JsonObject | null;
  if (data === null || metadata === null) throw changed('What is stored of it is no JSON.');
  const said = saying(parts, data, metadata, changed);
  verifyChain(metadata['previous-hash'], revision, predecessor, place);

  const from = parts.fromStatus as Status | null;
  if (!canFollow(said, from) || (predecessor !== undefined && from !== (predecessor?.status ?? null))) {
    throw changed(`It did not find its connection ${from ?? 'without a status'}.`);
  }
  const disclosed = parts.disclosed === 'null' ? null : (parsed(parts.disclosed) as Disclosed);
  if (parts.disclosed !== textOfDisclosed(disclosed) || !isDisclosure(said, disclosed)) {
    throw changed('The text that is told with it is not the one that it was made with.');
  }
  const names = namesIn(parts.organizations);
  if (names === null || names.ids !== namedIn(said).join()) {
    throw changed('The organizations that are told with it are not those that it names.');
  }
  const status = statusAfter(said, from);
  const record: EventRecord = {
    stream: parts.stream,
    revision,
    type: parts.type,
    eventId: parts.eventId,
    data: parts.data,
    metadata: parts.metadata,
    disclosed: parts.disclosed,
    organizations: parts.organizations,
    fromStatus: from,
    leaf,
    proof: parts.proof,
    subject,
    time: said.event.occurredAt,
    toStatus: status,
    summary: summaryOf(said, disclosed, (id) => names.names[id] ?? null),
  };
  const expected = format.event(source, record);
  if (expected !== line) throw changed(`It is not told as it was: ${differenceOf(line, expected)}`);
  return { stand: { subject, revision, hash: proven.hash, status, leaf }, said };
}

function saying(
  { stream, revision, type, eventId }: EventParts,
  data: JsonObject,
  metadata: JsonObject,
  changed: (why: string) => NotWhole,
): Said {
  try {
    return saidBy(stream, revision, type, eventId, data, metadata);
  } catch (error) {
    if (error instanceof Untellable || error instanceof UnknownEvent) {
      throw changed(`${error.message} A newer version of this program may know it.`);
    }
    throw error;
  }
}

function verifyChain(
  previousHash: unknown,
  revision: number,
  predecessor: Predecessor,
  place: { readonly line: number; readonly event: string; readonly leaf: number },
): void {
  if (predecessor === undefined && revision > 0) return;
  if (predecessor && predecessor.revision + 1 !== revision) {
    throw finding('broken-chain', place, `It follows revision ${predecessor.revision} in the log.`);
  }
  if (previousHash === (predecessor?.hash ?? null)) return;
  throw finding('broken-chain', place, 'The previous hash that it carries is not that of the event before it.');
}

/** JSON of a disclosed text; null when it cannot be represented. */
export function textOfDisclosed(disclosed: Disclosed): string | null {
  if (disclosed === null || disclosed === 'redacted') return JSON.stringify(disclosed);
  const { text, salt } = disclosed;
  return typeof text === 'string' && typeof salt === 'string' ? JSON.stringify({ text, salt }) : null;
}

interface TheNames {
  readonly names: Names;
  /** Separated by commas. */
  readonly ids: string;
}

/** The most name lists that are remembered; few organizations make most of the events. */
const REMEMBERED = 1_000;
const known = new Map<string, TheNames>();

/** Parses the names of organizations; null if they are not written in the one allowed form. */
function namesIn(json: string): TheNames | null {
  const before = known.get(json);
  if (before !== undefined) return before;
  const names = (parsed(json) ?? {}) as Names;
  const ids = Object.keys(names);
  if (organizationsText(ids, names) !== json || !Object.values(names).every(isName)) return null;
  if (known.size >= REMEMBERED) known.clear();
  const found = { names, ids: ids.join() };
  known.set(json, found);
  return found;
}

const isName = (value: unknown): boolean => value === null || (typeof value === 'string' && value.isWellFormed());

/** JSON of the names of these organizations; null for an unknown one. */
export const organizationsText = (ids: readonly string[], names: Names): string =>
  `{${ids.map((id) => `${JSON.stringify(id)}:${JSON.stringify(names[id] ?? null)}`).join()}}`;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** How many characters of a line are shown around a difference. */
const EXCERPT = 40;

function differenceOf(line: string, expected: string): string {
  let at = 0;
  while (line[at] === expected[at]) at += 1;
  const from = Math.max(0, at - EXCERPT / 2);
  const shown = (text: string): string => JSON.stringify(text.slice(from, from + EXCERPT));
  return `it says ${shown(line)} where ${shown(expected)} is right.`;
}
