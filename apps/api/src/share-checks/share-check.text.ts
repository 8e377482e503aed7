import type { SharingAnswer } from '@connections/connection/queries/sharing-outcome';
import type { SharingReason } from '@connections/connection/domain/sharing';
import { inflectedKey, type KeyInflection, keyInflections } from '../http/key-inflection';
import { type ByteText, byteTextOf } from './byte-text';
import { onceEach, type Write, type Written } from './once-each';
import { detailsOf, SHARE_CHECKS } from './share-check.resource';

/** The text before and after the refused scopes. */
interface Verdict {
  readonly before: string;
  readonly after: string;
}

/** An element of a list with its comma: copying a comma by itself would take as long as copying the element. */
export const listed = (text: string): ByteText => byteTextOf(`${text},`);

/** The element without its comma: for the last element, or the only one. */
export const unlisted = (text: ByteText): ByteText => text.slice(0, -1) as ByteText;

/**
 * The JSON bytes of `shareCheckResourceOf`, for each casing of keys, `listed`. Rendered by hand because a check
 * precedes every share, a hundred of them in one call: building an object and serializing it costs several times as
 * much. Ids, hashes and times hold nothing that JSON would escape.
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
    // For a yes, and for a no that a step can change, there is one text for each reason.
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
