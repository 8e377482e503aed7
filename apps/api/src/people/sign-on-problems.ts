/** The reasons for refusing a sign-on, as the sign-in page is told. */
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

/** Somebody came back from the provider, or was to be sent there, and is refused. */
export class SignOnRefused extends Error {
  /** @param isFailure whether what they came back with was checked and did not match. */
  constructor(
    readonly problem: SignOnProblem,
    readonly isFailure = false,
  ) {
    super(problem);
  }
}
