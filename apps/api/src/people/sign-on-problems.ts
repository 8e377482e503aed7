/** Why nobody is let in, as the page for signing in is told. */
export const signOnProblems = [
  'no-single-sign-on',
  'provider-unavailable',
  'sign-on-expired',
  'sign-on-refused',
  'unverified-email',
  'unknown-person',
  'too-many',
  'internal',
] as const;
export type SignOnProblem = (typeof signOnProblems)[number];

/** Somebody came by the provider and is not let in. */
export class SignOnRefused extends Error {
  /** @param isFailure whether what somebody came back with was looked at, and did not fit. */
  constructor(
    readonly problem: SignOnProblem,
    readonly isFailure = false,
  ) {
    super(problem);
  }
}
