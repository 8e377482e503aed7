import { ProblemError } from './problems';

/** @throws ProblemError when the moment of a parameter is in the future. */
export function refuseFuture(parameter: string, moment: string): void {
  if (moment <= new Date().toISOString()) return;
  const details = `${parameter} lies in the future; nobody knows yet.`;
  throw new ProblemError({ code: 'invalid-parameter', details, source: { parameter } });
}
