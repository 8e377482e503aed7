import { allowedActions } from '@connections/connection/domain/connection';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import type { NextStep } from '@connections/connection/domain/words';

/** Who may take which step next. */
export interface NextSteps {
  /** The steps of the organization that looks. */
  readonly ours: readonly NextStep[];
  /** The steps of the other organization. */
  readonly theirs: readonly NextStep[];
}

/** According to the lifecycle, whatever the role of the person who looks. */
export const nextSteps = (status: Status, role: PartyRole): NextSteps => ({
  ours: stepsOf(status, role),
  theirs: stepsOf(status, role === 'source' ? 'destination' : 'source'),
});

const stepsOf = (status: Status, role: PartyRole): NextStep[] =>
  allowedActions(status, [role]).filter((step) => step !== 'create');
