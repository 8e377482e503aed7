import type { SharingAnswer } from '@connections/connection/queries/sharing-outcome';
import type { SharingReason } from '@connections/connection/domain/sharing';
import { inflectedKey, type KeyInflection, keyInflections } from '../http/key-inflection';
import { type ByteText, byteTextOf } from './byte-text';
import { onceEach, type Write, type Written } from './once-each';
import { detailsOf, SHARE_CHECKS } from './share-check.resource';

/** What is said before and after the scopes that are refused. */
interface Verdict {
  readonly before: string;
  readonly after: string;
}

/** An element of a list and the comma behind it, which by itself would take as long to copy as the element. */
export const listed = (text: string): ByteText => byteTextOf(`${text},`);

/** The same without its comma: the last element, or the only one. */
export const unlisted = (text: ByteText): ByteText => text.slice(0, -1) as ByteText;

/**
 * The bytes that JSON makes of `shareCheckResourceOf`, in each casing of its keys, and `listed`. Written by hand because
 * it is asked for before every share, a hundred times in one call: making an object of it and walking through that costs
 * several times as much. Ids, hashes and times hold nothing that JSON would escape.
 */
export const answerTexts = Object.fromEntries(
  keyInflections.map((form) => [form, onceEach(writerIn(form), listed)]),
) as Record<KeyInflection, Written>;

function writerIn(form: KeyInflection): Write {
  const member = (name: string): string => `,"${inflectedKey(name, form)}":`;
  const source = `{"type":"${SHARE_CHECKS}","attributes":{"${inflectedKey('source-organization-id', form)}":"`;
  const destination = `"${member('destination-organization-id')}"`;
  const scopes = `"${member('scopes')}`;
  const asOf = `${member('as-of')}null`;
  const connectionId = `${member('connection-id')}"`;
  const status = `"${member('status')}"`;
  const revision = `"${member('revision')}`;
  const hash = member('hash');
  const eventId = `${member('event-id')}"`;
  const since = `"${member('since')}"`;
  const nothing = ['connection-id', 'status', 'revision', 'hash', 'event-id', 'since']
    .map((name) => `${member(name)}null`)
    .join('');

  const verdictIn = (answer: SharingAnswer): Verdict => ({
    before: `${member('allowed')}${answer.allowed}${member('reason')}"${answer.reason}"${member('details')}${JSON.stringify(detailsOf(answer))}${member('refused-scopes')}`,
    after: `${member('unblocked-by')}${JSON.stringify(answer.unblockedBy)}`,
  });
  const verdicts = new Map<SharingReason, Verdict>();
  const verdictOf = (answer: SharingAnswer): Verdict => {
    // All that is ever said to a yes, and where a step helps, is one text for each reason.
    if (!answer.allowed && answer.unblockedBy === null) return verdictIn(answer);
    const known = verdicts.get(answer.reason);
    if (known !== undefined) return known;
    const verdict = verdictIn(answer);
    verdicts.set(answer.reason, verdict);
    return verdict;
  };

  return (question, answer) => {
    const { before, after } = verdictOf(answer);
    const asked = listOf(question.scopes);
    const refused = answer.refusedScopes === question.scopes ? asked : listOf(answer.refusedScopes);
    const said = `${source}${question.sourceOrganizationId}${destination}${question.destinationOrganizationId}${scopes}${asked}${asOf}${before}${refused}${after}`;
    if (answer.decidedUpon === null) return `${said}${nothing}}}`;
    const { connection, revision: at, hash: last } = answer.decidedUpon;
    return `${said}${connectionId}${connection.id}${status}${connection.status}${revision}${at}${hash}${last === null ? 'null' : `"${last}"`}${eventId}${connection.id}@${at}${since}${connection.updatedAt}"}}`;
  };
}

function listOf(texts: readonly string[]): string {
  const [only] = texts;
  return texts.length === 1 && only !== undefined && PLAIN.test(only) ? `["${only}"]` : JSON.stringify(texts);
}

const PLAIN = /^[\w.-]*$/;
