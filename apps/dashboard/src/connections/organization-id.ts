const WHOLE = /^org_[0-9A-Za-z]{1,64}$/;
/** What can become one by typing on. */
const BEGUN = /^(o|or|org|org_[0-9A-Za-z]{0,64})?$/;

/**
 * What is wrong with an Organization ID that somebody types.
 * @param typed without white space around it
 * @param own the Organization ID of whoever types
 * @param whole whether typing is over, so that what is only begun is wrong as well
 * @returns a sentence for the field; null when nothing is wrong
 */
export function organizationIdProblem(typed: string, own: string, whole: boolean): string | null {
  if (typed === own) return 'This is your own Organization ID. Ask your partner for theirs.';
  if (WHOLE.test(typed) || (!whole && BEGUN.test(typed))) return null;
  if (typed === '') return 'Paste the Organization ID of your partner.';
  return 'An Organization ID begins with org_, and letters and digits follow, such as org_DEF456.';
}
