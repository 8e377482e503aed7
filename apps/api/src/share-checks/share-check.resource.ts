import type { SharingAnswer, SharingQuestion } from '@connections/connection/queries/sharing-outcome';
import type { JsonObject } from '@connections/event-store/event-store';

/** The type of the published resource. */
export const SHARE_CHECKS = 'connect/share-checks';

/** The published form of an answer. It names the event behind the decision, so that it can be looked up and proven. */
export function shareCheckResourceOf(question: SharingQuestion, answer: SharingAnswer): JsonObject {
  const { allowed, reason, refusedScopes, unblockedBy, decidedUpon } = answer;
  const { connection, revision, hash } = decidedUpon ?? NOTHING;
  return {
    type: SHARE_CHECKS,
    attributes: {
      'source-organization-id': question.sourceOrganizationId,
      'destination-organization-id': question.destinationOrganizationId,
      scopes: question.scopes,
      'as-of': question.past && 'asOf' in question.past ? question.past.asOf : null,
      allowed,
      reason,
      details: detailsOf(answer),
      'refused-scopes': refusedScopes,
      'unblocked-by': unblockedBy && { step: unblockedBy.step, by: unblockedBy.by },
      'connection-id': connection?.id ?? null,
      status: connection?.status ?? null,
      revision,
      hash,
      'event-id': connection ? `${connection.id}@${revision}` : null,
      since: connection?.updatedAt ?? null,
    },
  };
}

const NOTHING = { connection: null, revision: null, hash: null } as const;

/** The reason, in words for people. */
export function detailsOf({ reason, refusedScopes, unblockedBy }: SharingAnswer): string {
  if (unblockedBy) {
    const state = reason === 'no-connection' ? 'There is no connection' : `The connection is ${reason}`;
    return `${state}; the ${unblockedBy.by.join(' or the ')} may ${unblockedBy.step} it.`.replace(
      'create it',
      'create one',
    );
  }
  if (reason === 'no-connection') return 'There is no connection, and an organization cannot connect to itself.';
  return reason === 'active'
    ? 'All of this may be shared.'
    : `The connection is not about ${refusedScopes.join(', ')}, and what it is about cannot be changed.`;
}
