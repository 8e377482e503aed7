/** One attribute that is no longer what it was. It is undefined on the side where nothing was there. */
export interface Change<T, Name extends keyof T = keyof T> {
  readonly attribute: Name;
  readonly from: T[Name] | undefined;
  readonly to: T[Name] | undefined;
}

/**
 * What makes one state out of another, attribute by attribute, in the order of the attributes. A state is null where
 * nothing was there; from or to nothing, every attribute changes. States are compared as JSON would write them.
 */
export function difference<T extends object>(from: T | null, to: T | null): Change<T>[] {
  const names = Object.keys({ ...from, ...to }) as (keyof T)[];
  return names
    .map((attribute) => ({ attribute, from: from?.[attribute], to: to?.[attribute] }))
    .filter((change) => JSON.stringify(change.from) !== JSON.stringify(change.to));
}
