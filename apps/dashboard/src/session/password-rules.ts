/** The service's limits: shorter passwords can be guessed, and nobody types longer ones. */
const SHORTEST = 12;
const LONGEST = 200;

export const passwordHint = `At least ${SHORTEST} characters, whichever you like. A few words make a good one.`;

/** What is wrong with a new password; null when nothing is. */
export function newPasswordProblem(password: string): string | null {
  if (password.length < SHORTEST) return `At least ${SHORTEST} characters; these are ${password.length}.`;
  return password.length > LONGEST ? `At most ${LONGEST} characters.` : null;
}
