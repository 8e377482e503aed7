import type { ProvenConnection } from '../connection-log';
import type { SharingVerdict } from '../domain/sharing';
import type { Past } from '../past';

/** May data of these scopes go from the one to the other? */
export interface SharingQuestion {
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  /** At least one. */
  readonly scopes: readonly string[];
  /** The time to answer for; null for now. */
  readonly past: Past | null;
}

/** The very object is answered again as long as nothing happens; whoever tells of it may keep on it what they wrote. */
export interface SharingAnswer extends SharingVerdict {
  /** The connection that it was decided upon; null where the asker can see none. */
  readonly decidedUpon: ProvenConnection | null;
}

/** Something that makes a question one that cannot be answered. */
export interface SharingProblem {
  readonly code: 'unknown-organization' | 'no-scopes' | 'unknown-scope' | 'repeated-scope' | 'not-then';
  readonly attribute: 'source-organization-id' | 'destination-organization-id' | 'scopes' | 'revision';
  /** The place within the attribute, where it is a list. */
  readonly index?: number;
  readonly details: string;
}

export type SharingOutcome = SharingAnswer | readonly SharingProblem[];

export const isAnswer = (outcome: SharingOutcome): outcome is SharingAnswer => 'allowed' in outcome;
