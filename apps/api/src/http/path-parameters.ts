import { isConnectionId } from '@connections/connection/connection-id';
import { ProblemError } from './problems';

/** @throws ProblemError when it is no revision. */
export function revisionIn(revision: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(revision)) return Number(revision);
  throw new ProblemError({
    code: 'invalid-parameter',
    details: 'A revision is a whole number of at least 0.',
    source: { parameter: 'revision' },
  });
}

/** @throws ProblemError when it has not the form of a connection's id. */
export function connectionIdIn(id: string): string {
  if (isConnectionId(id)) return id;
  throw new ProblemError({
    code: 'invalid-parameter',
    details: 'The id of a connection starts with cxn_ and goes on in letters and digits.',
    source: { parameter: 'id' },
  });
}
