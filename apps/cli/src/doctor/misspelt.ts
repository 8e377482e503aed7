/** Names are compared without underscores, ignoring case. */
const plain = (name: string): string => name.replaceAll('_', '').toUpperCase();

/** Whether they differ only by one letter: missing, added or replaced. */
function isAlmost(one: string, other: string): boolean {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const [rest, otherRest] = [one.slice(same), other.slice(same)];
  return rest.slice(1) === otherRest.slice(1) || rest === otherRest.slice(1) || rest.slice(1) === otherRest;
}

/**
 * Environment variables that nobody reads, each with the setting that was probably meant.
 * @param settings the names of all settings. Single words, such as PORT, are skipped: they resemble too many other
 * names.
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
