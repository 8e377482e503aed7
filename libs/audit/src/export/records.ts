import type { Actor } from '@connections/connection/domain/connection.events';
import type { Status } from '@connections/connection/domain/lifecycle';
import type { Scope } from './scope';
import type { Disclosed } from './telling';

/** The name of the form, which every export says of itself. */
export const FORM = 'connections/export/v1';

/** So many leaves, aligned, are proven together where everything is exported. */
export const TILE = 256;

/** What all the records of one export have in common. */
export interface Frame {
  /** Whose log it is: the origin of its checkpoints. */
  readonly origin: string;
  readonly scope: Scope;
  /** The first leaf that is told. */
  readonly since: number;
  /** How many leaves the checkpoint has that everything is proven against. */
  readonly size: number;
  /** When that checkpoint was signed. An export tells no other time of its own, so that it can be made again. */
  readonly time: string;
}

/** How an export begins. */
export interface Begun {
  /** The note against which everything is proven. */
  readonly checkpoint: string;
  /** The keys by which the export is signed, as their owner states them. */
  readonly keys: readonly string[];
  /** What the export continues; null where it begins at the beginning. */
  readonly since: Continued | null;
}

export interface Continued {
  /** The note of the older checkpoint. */
  readonly checkpoint: string;
  /** That the newer tree begins with the older one: hashes in base64. */
  readonly proof: readonly string[];
}

/** Aligned leaves and the proof that they are a part of the tree. */
export interface Tile {
  readonly begin: number;
  /** Leaf hashes in base64. */
  readonly leaves: readonly string[];
  /** Hashes in base64. */
  readonly proof: readonly string[];
}

/** What is read of an event before anything of it is believed. JSON is kept as the text that it was. */
export interface EventParts {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly eventId: string;
  /** As it is stored. */
  readonly data: string;
  /** As it is stored, the hash at its end. */
  readonly metadata: string;
  /** JSON of what was committed to: `{"text","salt"}`, `"redacted"`, or `null` where nothing was. */
  readonly disclosed: string;
  /** JSON: how the organizations of the sentence are called. */
  readonly organizations: string;
  readonly fromStatus: string | null;
  readonly leaf: number;
  /** JSON: hashes in base64; null where the leaf is proven by its tile. */
  readonly proof: string | null;
}

/** An event as it is told. */
export interface EventRecord extends EventParts {
  readonly subject: string;
  readonly time: string;
  readonly toStatus: string | null;
  readonly summary: string;
}

/** An event as nearly all are written: nothing in it is escaped, except quotation marks in its sentence. */
export interface UsualEvent {
  readonly source: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly time: string;
  readonly eventId: string;
  readonly data: string;
  /** As it is hashed. */
  readonly metadata: string;
  readonly version: number;
  readonly actor: Actor;
  readonly previousHash: string | null;
  readonly hash: string;
  readonly disclosed: Disclosed;
  /** The organization that its sentence names, or the first of two, and how it is called. */
  readonly organization: string;
  readonly name: string;
  readonly other: string | null;
  readonly otherName: string | null;
  readonly fromStatus: Status | null;
  readonly toStatus: string;
  /** JSON. */
  readonly summary: string;
}

/** The records that are no events, by the last word of their type. */
export type FramingKind = 'begun' | 'leaves' | 'ended';

/** One way to write records, each as one line. */
export interface ExportFormat {
  readonly name: 'ndjson' | 'csv';
  readonly mediaType: string;
  /** What stands before the first record, with its line feed; empty for nothing. */
  readonly head: string;
  /** The line, with its end. @param source the JSON text or cell of `sourceOf` the frame. */
  event(source: string, record: EventRecord): string;
  /** The line, with its end. @param data JSON. */
  framing(frame: Frame, kind: FramingKind, id: string, data: string): string;
  /** Null for a line that is none, or not as nearly all are. What is not in the outcome is as it has to be. @param line with its end. */
  readUsual(line: string, leaf: number): UsualEvent | null;
  /** Null for a line that is none. Nothing is verified. @param line with its end. */
  readEvent(line: string): EventParts | null;
  /** The JSON of a record's data; null for a line that is none of this kind. @param line with its end. */
  readFraming(kind: FramingKind, line: string): string | null;
}

export const sourceOf = ({ origin }: Frame): string => `urn:connections:${origin}`;
