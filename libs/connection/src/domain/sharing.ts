import type { State } from './connection';
import { type PartyRole, ruleOf, type Status, type Step, steps } from './lifecycle';

/** Why data may be shared or not. */
export type SharingReason = 'active' | 'no-connection' | 'pending' | 'inactive' | 'scope-not-granted';

export const sharingReasons: readonly SharingReason[] = [
  'active',
  'no-connection',
  'pending',
  'inactive',
  'scope-not-granted',
];

/** Whether data of some scopes may be shared over a connection in this state. */
export interface SharingVerdict {
  /** True if all of the scopes may be shared. */
  readonly allowed: boolean;
  readonly reason: SharingReason;
  /** The scopes that may not be shared, in the order of the question. */
  readonly refusedScopes: readonly string[];
  /** The next step towards sharing and who may take it; null if sharing is allowed, or no step helps. */
  readonly unblockedBy: { readonly step: Step; readonly by: readonly PartyRole[] } | null;
}

/**
 * Data may be shared only while the connection is active, and only of its scopes.
 * @param mayConnect whether these two organizations may have a connection at all.
 */
export function verdictOn(state: State, scopes: readonly string[], mayConnect = true): SharingVerdict {
  if (state?.status !== 'active') {
    const reason = state?.status ?? 'no-connection';
    const unblockedBy = state === null && !mayConnect ? null : stepOnFrom(state?.status ?? null);
    return { allowed: false, reason, refusedScopes: scopes, unblockedBy };
  }
  const refusedScopes = scopes.filter((scope) => !state.scopes.includes(scope));
  return refusedScopes.length === 0
    ? { allowed: true, reason: 'active', refusedScopes, unblockedBy: null }
    : { allowed: false, reason: 'scope-not-granted', refusedScopes, unblockedBy: null };
}

/** The step from a status that leads towards sharing. */
function stepOnFrom(status: Status | null): SharingVerdict['unblockedBy'] {
  const step = steps.find(
    (candidate) => ruleOf(candidate).from.includes(status) && ruleOf(candidate).to !== 'inactive',
  );
  return step === undefined ? null : { step, by: ruleOf(step).by };
}
