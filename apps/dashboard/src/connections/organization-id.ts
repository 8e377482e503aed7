const WHOLE = /^org_[0-9A-Za-z]{1,64}$/;
/** A beginning that more typing can complete. */
const BEGUN = /^(o|or|org|org_[0-9A-Za-z]{0,64})?$/;

/**
 * What is wrong with an Organization ID that somebody types.
 * @param typed without surrounding white space.
 * @param own the Organization ID of the person's own organization.
 * @param whole whether typing is finished, so that an incomplete id is wrong as well.
 * @returns a sentence for the field; null when nothing is wrong.
 */
export function organizationIdProblem(typed: string, own: string, whole: boolean): string | null {
  if (typed === own) return 'This is your own Organization ID. Ask your partner for theirs.';
  if (WHOLE.test(typed) || (!whole && BEGUN.test(typed))) return null;
  if (typed === '') return 'Paste the Organization ID of your partner.';
  return 'An Organization ID begins with org_, and letters and digits follow, such as org_DEF456.';
}
