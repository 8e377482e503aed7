/** Names are compared without their underscores, in one case. */
const plain = (name: string): string => name.replaceAll('_', '').toUpperCase();

/** Whether they are the same but for one letter that is left out, added or another one. */
function isAlmost(one: string, other: string): boolean {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const [rest, otherRest] = [one.slice(same), other.slice(same)];
  return rest.slice(1) === otherRest.slice(1) || rest === otherRest.slice(1) || rest.slice(1) === otherRest;
}

/**
 * Variables that nobody reads, with the setting that each was meant to be.
 * @param settings the names of all. One word, such as PORT, is too easily almost what others have: it is not compared.
 */
export function misspelt(
  names: readonly string[],
  settings: readonly string[],
): { readonly name: string; readonly meant: string }[] {
  const compared = settings.filter((setting) => setting.includes('_'));
  return names
    .filter((name) => !settings.includes(name))
    .flatMap((name) => {
      const meant = compared.find((setting) => isAlmost(plain(name), plain(setting)));
      return meant === undefined ? [] : [{ name, meant }];
    });
}
