import { clientFor, inKebab } from './over-http';
import type { ServiceAccess } from './service';
import { type Answer, properties } from './terminal';

/** Whether data of these scopes may go from the source to the destination: now, or at a past time. */
export interface Question {
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  readonly scopes: string[];
  readonly asOf?: string;
  readonly revision?: number;
}

/** Asks a running service, which decides on its present log. The exit code says whether the answer is yes. */
export async function checkSharing(access: ServiceAccess, question: Question): Promise<Answer> {
  const check = await clientFor(access).shareChecks.check(question);
  const { attributes } = check;
  const { unblockedBy } = attributes;
  return {
    document: { data: inKebab(check) },
    failed: (attributes.allowed as unknown) !== true,
    text: properties([
      ['Allowed', attributes.allowed ? 'yes' : 'no'],
      ['Why', attributes.details],
      ['Refused', attributes.refusedScopes.length === 0 ? null : attributes.refusedScopes.join(', ')],
      ['Next step', unblockedBy && `${unblockedBy.step}, by the ${unblockedBy.by.join(' or the ')}`],
      ['Connection', attributes.connectionId],
      ['Status', attributes.status],
      ['Decided by', attributes.eventId],
      ['Since', attributes.since],
    ]),
  };
}
