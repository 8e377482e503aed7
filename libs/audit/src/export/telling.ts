import type { JsonObject } from '@connections/event-store/event-store';
import { commitmentTo } from '@connections/connection/texts';
import { type ConnectionEvent, writtenIn } from '@connections/connection/domain/connection.events';
import { ruleOf, type Status, steps } from '@connections/connection/domain/lifecycle';
import { organizationsIn, redacted, sentenceOf } from '@connections/connection/domain/sentences';
import { decode } from '@connections/connection/stored-events';

/** What was committed to, as far as it is still there; null where nothing was. */
export type Disclosed = { readonly text: string; readonly salt: string } | 'redacted' | null;

/** How organizations are called, by their ids; null for one that nobody knows. */
export type Names = Readonly<Record<string, string | null>>;

/** An event that cannot be told by this form or this version. */
export class Untellable extends Error {}

const STREAM = /^connection-[0-9A-Za-z]{1,64}$/;
const SALT = new RegExp(`^${'[0-9a-f]'.repeat(64)}$`);
/** What stands between quotation marks as it is. */
const PLAIN = /^[\w.:-]{1,100}$/;

/** The event that a line seems to be about, where it cannot be read; null where it names none. */
export const nameIn = (line: string): string | null => /cxn_[0-9A-Za-z]{1,64}@\d{1,16}/.exec(line)?.[0] ?? null;

/** Everything that an event says by itself. */
export interface Said {
  readonly event: ConnectionEvent;
  /** What it committed to; null where it did not. */
  readonly commitment: string | null;
}

/** Reads an event. @throws Untellable, UnknownEvent */
export function saidBy(
  stream: string,
  revision: number,
  type: string,
  id: string,
  data: JsonObject,
  metadata: JsonObject,
): Said {
  if (!STREAM.test(stream)) throw new Untellable(`${stream}@${revision} is no event of a connection.`);
  const event = decode({ stream, revision, type, id, data, metadata, position: null });
  if (!PLAIN.test(id) || !PLAIN.test(event.occurredAt)) {
    throw new Untellable(`${stream}@${revision} has an id or a time that is none.`);
  }
  const written = writtenIn(event);
  return { event, commitment: written !== null && 'commitment' in written ? written.commitment : null };
}

/** Whether this is what was committed to, as far as it is there. */
export function isDisclosure({ commitment }: Said, disclosed: Disclosed): boolean {
  if (commitment === null || disclosed === null) return commitment === null && disclosed === null;
  if (disclosed === 'redacted') return true;
  const { salt, text } = disclosed;
  // Of a longer salt, a part could be what the text begins with; and half a character is hashed as another one.
  return SALT.test(salt) && text.isWellFormed() && commitmentTo(salt, text) === commitment;
}

/** What happened, as one sentence. */
export function summaryOf({ event }: Said, disclosed: Disclosed, nameOf: (id: string) => string | null): string {
  const written = writtenIn(event);
  const inTheClear = written !== null && 'text' in written ? written.text : null;
  const text = disclosed === 'redacted' ? redacted : disclosed === null ? inTheClear : disclosed.text;
  return sentenceOf(event, text, nameOf);
}

/** The organizations that its sentence names, each once. */
export function namedIn({ event }: Said): string[] {
  const named = organizationsIn(event);
  return named.length > 1 ? [...new Set(named)] : named;
}

const rules = new Map(steps.map((step) => [ruleOf(step).event as string, ruleOf(step)]));
/** All there are, for what comes out of a file and may be anything. */
const statuses = new Set<string | null>(steps.map((step) => ruleOf(step).to));

/** Where an event leaves its connection. */
export const statusAfter = ({ event }: Said, from: Status | null): Status | null => rules.get(event.type)?.to ?? from;

/** Whether an event can begin where it is said to. */
export const canFollow = ({ event }: Said, from: Status | null): boolean =>
  rules.get(event.type)?.from.includes(from) ?? statuses.has(from);
