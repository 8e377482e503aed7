import type { ProvenConnection } from '../connection-log';
import type { SharingVerdict } from '../domain/sharing';
import type { Past } from '../past';

/** Whether data of these scopes may go from the source to the destination. */
export interface SharingQuestion {
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  /** At least one. */
  readonly scopes: readonly string[];
  /** The time to answer for; null for now. */
  readonly past: Past | null;
}

/** The same object is returned as long as nothing changes, so callers may cache what they derive from it. */
export interface SharingAnswer extends SharingVerdict {
  /** The connection behind the decision; null if the asker can see none. */
  readonly decidedUpon: ProvenConnection | null;
}

/** A reason why a question cannot be answered. */
export interface SharingProblem {
  readonly code: 'unknown-organization' | 'no-scopes' | 'unknown-scope' | 'repeated-scope' | 'not-then';
  readonly attribute: 'source-organization-id' | 'destination-organization-id' | 'scopes' | 'revision';
  /** The index within the attribute, if that is a list. */
  readonly index?: number;
  readonly details: string;
}

export type SharingOutcome = SharingAnswer | readonly SharingProblem[];

export const isAnswer = (outcome: SharingOutcome): outcome is SharingAnswer => 'allowed' in outcome;
