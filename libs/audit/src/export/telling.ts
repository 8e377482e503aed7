import type { JsonObject } from '@connections/event-store/event-store';
import { commitmentTo } from '@connections/connection/texts';
import { type ConnectionEvent, writtenIn } from '@connections/connection/domain/connection.events';
import { ruleOf, type Status, steps } from '@connections/connection/domain/lifecycle';
import { organizationsIn, redacted, sentenceOf } from '@connections/connection/domain/sentences';
import { decode } from '@connections/connection/stored-events';

/** The text that an event committed to, if it is still there; null if it committed to none. */
export type Disclosed = { readonly text: string; readonly salt: string } | 'redacted' | null;

/** The names of organizations by their ids; null for an unknown one. */
export type Names = Readonly<Record<string, string | null>>;

/** An event that this format or version cannot render. */
export class Untellable extends Error {}

const STREAM = /^connection-[0-9A-Za-z]{1,64}$/;
const SALT = new RegExp(`^${'[0-9a-f]'.repeat(64)}$`);
/** A string that needs no escaping between quotation marks. */
const PLAIN = /^[\w.:-]{1,100}$/;

/** The event that an unreadable line seems to be about; null if it names none. */
export const nameIn = (line: string): string | null => /cxn_[0-9A-Za-z]{1,64}@\d{1,16}/.exec(line)?.[0] ?? null;

/** What an event says by itself. */
export interface Said {
  readonly event: ConnectionEvent;
  /** The commitment to its text; null if there is none. */
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

/** Whether the disclosed text is the one that was committed to; true for a redacted one. */
export function isDisclosure({ commitment }: Said, disclosed: Disclosed): boolean {
  if (commitment === null || disclosed === null) return commitment === null && disclosed === null;
  if (disclosed === 'redacted') return true;
  const { salt, text } = disclosed;
  // If a longer salt were allowed, the start of the text could pass for a part of it; and a lone surrogate is hashed as
  // another character.
  return SALT.test(salt) && text.isWellFormed() && commitmentTo(salt, text) === commitment;
}

/** What happened, as one sentence. */
export function summaryOf({ event }: Said, disclosed: Disclosed, nameOf: (id: string) => string | null): string {
  const written = writtenIn(event);
  const inTheClear = written !== null && 'text' in written ? written.text : null;
  const text = disclosed === 'redacted' ? redacted : disclosed === null ? inTheClear : disclosed.text;
  return sentenceOf(event, text, nameOf);
}

/** The organizations that the summary names, each once. */
export function namedIn({ event }: Said): string[] {
  const named = organizationsIn(event);
  return named.length > 1 ? [...new Set(named)] : named;
}

const rules = new Map(steps.map((step) => [ruleOf(step).event as string, ruleOf(step)]));
/** All statuses, to check values from a file, which may be anything. */
const statuses = new Set<string | null>(steps.map((step) => ruleOf(step).to));

/** The status of the connection after an event. */
export const statusAfter = ({ event }: Said, from: Status | null): Status | null => rules.get(event.type)?.to ?? from;

/** Whether an event can follow the given status. */
export const canFollow = ({ event }: Said, from: Status | null): boolean =>
  rules.get(event.type)?.from.includes(from) ?? statuses.has(from);
