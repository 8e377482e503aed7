import { isAnswer, type SharingOutcome, type SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import type { Caller } from '@connections/directory/roles';
import { type ByteText, byteTextOf } from './byte-text';
import { onceEach } from './once-each';

/** Pino's number for `info`. */
const INFO = 30;

/**
 * A log line for each answered question of one request, in pino's format. Pino takes four microseconds a line, so that
 * logging a hundred decisions would cost more than making them. Ids and reasons hold nothing that JSON would escape.
 * @param outcomes of the questions, in order.
 */
export function decisionLines(
  caller: Caller,
  requestId: string,
  questions: readonly SharingQuestion[],
  outcomes: readonly SharingOutcome[],
  at: Date,
): ByteText[] {
  const { type, id, organizationId } = caller;
  const asked = byteTextOf(
    `{"level":${INFO},"time":"${at.toISOString()}","requestId":"${requestId}","${type === 'user' ? 'user' : 'apiKey'}":"${id}","organization":${textOrNull(organizationId)},"sourceOrganizationId":"`,
  );
  const parts: ByteText[] = [];
  questions.forEach((question, index) => {
    const outcome = outcomes[index];
    if (outcome !== undefined && isAnswer(outcome)) parts.push(asked, decisionText(question, outcome));
  });
  return parts;
}

/** The part of a line about a question and its answer, to the end of the line. */
const decisionText = onceEach((question, { allowed, reason, decidedUpon }) => {
  const { sourceOrganizationId, destinationOrganizationId, scopes, past } = question;
  const asOf = past && 'asOf' in past ? past.asOf : null;
  return `${sourceOrganizationId}","destinationOrganizationId":"${destinationOrganizationId}","scopes":${JSON.stringify(scopes)},"asOf":${textOrNull(asOf)},"allowed":${allowed},"reason":"${reason}","connection":${textOrNull(decidedUpon?.connection.id ?? null)},"revision":${decidedUpon?.revision ?? null},"msg":"share check"}\n`;
});

const textOrNull = (text: string | null): string => (text === null ? 'null' : `"${text}"`);
