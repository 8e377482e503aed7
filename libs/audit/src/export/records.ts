import type { Actor } from '@connections/connection/domain/connection.events';
import type { Status } from '@connections/connection/domain/lifecycle';
import type { Scope } from './scope';
import type { Disclosed } from './telling';

/** The name of the format, which every export states. */
export const FORM = 'connections/export/v1';

/** The number of leaves, aligned, that are proven together in an export of everything. */
export const TILE = 256;

/** What all the records of one export have in common. */
export interface Frame {
  /** The origin of the log's checkpoints. */
  readonly origin: string;
  readonly scope: Scope;
  /** The first leaf in the export. */
  readonly since: number;
  /** The size of the checkpoint against which everything is proven. */
  readonly size: number;
  /** When that checkpoint was signed. An export has no other time of its own, so that it can be generated again. */
  readonly time: string;
}

/** The data of the first record. */
export interface Begun {
  /** The signed note against which everything is proven. */
  readonly checkpoint: string;
  /** The keys that sign the export, as their owner states them. */
  readonly keys: readonly string[];
  /** What the export continues; null if it starts at the beginning. */
  readonly since: Continued | null;
}

export interface Continued {
  /** The signed note of the older checkpoint. */
  readonly checkpoint: string;
  /** The consistency proof from the older tree to the newer one: hashes in base64. */
  readonly proof: readonly string[];
}

/** Aligned leaves, and the proof that they are part of the tree. */
export interface Tile {
  readonly begin: number;
  /** Leaf hashes in base64. */
  readonly leaves: readonly string[];
  /** Hashes in base64. */
  readonly proof: readonly string[];
}

/** The parts of an event line before any of them is verified. JSON is kept as the text that it was. */
export interface EventParts {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly eventId: string;
  /** As stored. */
  readonly data: string;
  /** As stored, ending with the hash. */
  readonly metadata: string;
  /** JSON of the text that was committed to: `{"text","salt"}`, `"redacted"`, or `null` if there was none. */
  readonly disclosed: string;
  /** JSON: the names of the organizations in the summary. */
  readonly organizations: string;
  readonly fromStatus: string | null;
  readonly leaf: number;
  /** JSON: hashes in base64; null if the leaf is proven by its tile. */
  readonly proof: string | null;
}

/** An event as it is rendered. */
export interface EventRecord extends EventParts {
  readonly subject: string;
  readonly time: string;
  readonly toStatus: string | null;
  readonly summary: string;
}

/** An event line in its usual form, with nothing escaped except quotation marks in its summary. */
export interface UsualEvent {
  readonly source: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly time: string;
  readonly eventId: string;
  readonly data: string;
  /** As hashed. */
  readonly metadata: string;
  readonly version: number;
  readonly actor: Actor;
  readonly previousHash: string | null;
  readonly hash: string;
  readonly disclosed: Disclosed;
  /** The id of the organization that the summary names, or of the first of two, and its name. */
  readonly organization: string;
  readonly name: string;
  readonly other: string | null;
  readonly otherName: string | null;
  readonly fromStatus: Status | null;
  readonly toStatus: string;
  /** JSON. */
  readonly summary: string;
}

/** The records that are not events, by the last word of their type. */
export type FramingKind = 'begun' | 'leaves' | 'ended';

/** A format of exports: how to write each record as one line. */
export interface ExportFormat {
  readonly name: 'ndjson' | 'csv';
  readonly mediaType: string;
  /** What precedes the first record, with its line feed; empty if nothing does. */
  readonly head: string;
  /** The line, with its line end. @param source the frame's `sourceOf`, as JSON text or cell. */
  event(source: string, record: EventRecord): string;
  /** The line, with its line end. @param data JSON. */
  framing(frame: Frame, kind: FramingKind, id: string, data: string): string;
  /**
   * Parses a line in the usual form, checking every part that the result omits; null for any other line. @param line
   * with its line end.
   */
  readUsual(line: string, leaf: number): UsualEvent | null;
  /** Null if it is no event line. Verifies nothing. @param line with its line end. */
  readEvent(line: string): EventParts | null;
  /** The JSON of a record's data; null if the line is not of this kind. @param line with its line end. */
  readFraming(kind: FramingKind, line: string): string | null;
}

export const sourceOf = ({ origin }: Frame): string => `urn:connections:${origin}`;
