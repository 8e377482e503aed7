import { InvalidArgumentError } from 'commander';
import { CONNECTION_ID } from '@connections/connection/connection-id';
import type { Past } from '@connections/connection/past';
import { eventTypes } from '@connections/connection/stored-events';
import { momentOf } from '@connections/host/moment';
import { ACTOR_ID, API_KEY_ID, CREDENTIAL_ID, ORGANIZATION_ID, PERSON_ID } from '@connections/directory/identifiers';
import { longestName } from '@connections/host/name-length';
import { pastOf } from '@connections/host/past';
import { wholeNumberOf } from '@connections/host/whole-number';
import { faultOf } from '@connections/host/written-text';

/** Reads a name: trimmed, on one line, and fit for others to read. */
export function nameIn(text: string): string {
  const name = text.trim();
  if (name === '' || [...name].length > longestName) {
    throw new InvalidArgumentError(`A name has 1 to ${longestName} characters.`);
  }
  const fault = faultOf(name);
  if (fault !== null) throw new InvalidArgumentError(`A name ${fault}.`);
  return name;
}

/** Reads the name of a file to create. */
export function newFileIn(path: string): string {
  if (path === '') throw new InvalidArgumentError('It is empty.');
  if (path === '-') throw new InvalidArgumentError('It goes into a file, so that it can be gone on with. Name one.');
  return path;
}

/** Reads a moment; converted to UTC with milliseconds. */
export function momentIn(text: string): string {
  const moment = momentOf(text);
  if (moment !== null) return moment;
  throw new InvalidArgumentError('It must be a moment in ISO 8601 with its zone, such as 2026-06-01T12:00:00Z.');
}

/** Reads a moment that is not in the future. */
export function pastMomentIn(text: string): string {
  const moment = momentIn(text);
  if (moment <= new Date().toISOString()) return moment;
  throw new InvalidArgumentError('It lies in the future; nobody knows yet.');
}

/** Reads a past time: a moment, or a revision. */
export function pastIn(text: string): Past {
  const past = pastOf(text);
  if (past !== null) return 'asOf' in past ? { asOf: pastMomentIn(text) } : past;
  throw new InvalidArgumentError(
    'It must be a revision, such as 0, or a moment in ISO 8601 with its zone, such as 2026-06-01T12:00:00Z.',
  );
}

/** Reads a moment in the future. */
export function futureMomentIn(text: string): string {
  const moment = momentIn(text);
  if (moment > new Date().toISOString()) return moment;
  throw new InvalidArgumentError('It must lie in the future.');
}

const idIn =
  (form: RegExp, example: string) =>
  (text: string): string => {
    if (form.test(text)) return text;
    throw new InvalidArgumentError(`It must be an id such as ${example}.`);
  };

export const organizationIdIn = idIn(ORGANIZATION_ID, 'org_DEF456');
export const apiKeyIdIn = idIn(API_KEY_ID, 'api_ABC123');
export const personIdIn = idIn(PERSON_ID, 'usr_ABC123');
export const accessIdIn = idIn(/^acs_[0-9A-Za-z]{1,64}$/, 'acs_0b5cf0e11e0c4b9e9f533c2e6a0f5f0e');
export const connectionIdIn = idIn(CONNECTION_ID, 'cxn_ABC123');
export const credentialIdIn = idIn(CREDENTIAL_ID, 'api_ABC123 or usr_ABC123');
export const actorIn = idIn(ACTOR_ID, 'api_ABC123 or org_DEF456');

/** Reads scopes; which of them exist, the service knows. */
export function scopesIn(text: string): string[] {
  const scopes = text.split(',').map((part) => part.trim());
  if (scopes.every((scope) => /^[\x21-\x7e]{1,100}$/.test(scope))) return scopes;
  throw new InvalidArgumentError('It must be a comma-separated list of scopes, such as inquiry.read,account.read.');
}

/** Reads the cursor of a page, as the service gave it. */
export function cursorIn(text: string): string {
  if (/^[\x21-\x7e]{1,1000}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be what an earlier answer named.');
}

/** Reads an e-mail address loosely; whether a new person may have it is checked elsewhere. */
export function emailIn(text: string): string {
  const email = text.trim();
  if (/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email)) return email;
  throw new InvalidArgumentError(NOT_AN_EMAIL);
}

export const NOT_AN_EMAIL = 'It must be an e-mail address, such as ada@example.com.';

/** Reads what identifies a person: an id, or an e-mail address. */
export const personIn = (text: string): string => (text.includes('@') ? emailIn(text) : personIdIn(text));

/** Reads the name of a log, as in keys and checkpoints. */
export function originIn(text: string): string {
  if (/^[^\s+\p{C}]{1,200}$/u.test(text)) return text;
  throw new InvalidArgumentError('The name of a log has 1 to 200 characters, with no space and no plus in it.');
}

/** Reads the id of a signing key. */
export function keyIdIn(text: string): string {
  if (/^[0-9a-f]{8}$/.test(text)) return text;
  throw new InvalidArgumentError('The id of a key has eight digits, such as 6de6e16d. See "audit key list".');
}

const wholeNumber =
  (least: number, most: number, wrong: string) =>
  (text: string): number => {
    const number = wholeNumberOf(text);
    if (number !== null && number >= least && number <= most) return number;
    throw new InvalidArgumentError(wrong);
  };

export const limitIn = wholeNumber(1, 1_000, 'It must be a whole number from 1 to 1000.');
const size = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'It must be the size of a checkpoint, a whole number.');
/** Reads the size of a checkpoint, which may have zeros before it, as in the name of the checkpoint's file. */
export const sizeIn = (text: string): number => size(text.replace(/^0+(?=\d)/, ''));

export const revisionIn = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'It must be a whole number of at least 0.');

/** Reads several of some known words, separated by commas. */
const listOf =
  <Word extends string>(known: readonly Word[]) =>
  (text: string): Word[] =>
    text.split(',').map((part) => {
      const word = known.find((candidate) => candidate === part.trim());
      if (word !== undefined) return word;
      throw new InvalidArgumentError(`It must be a comma-separated list of ${known.join(', ')}.`);
    });

export const statusesIn = listOf(['pending', 'active', 'inactive']);
export const eventTypesIn = listOf(eventTypes);
