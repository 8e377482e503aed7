/** An attribute that differs. It is undefined on a side that has none. */
export interface Change<T, Name extends keyof T = keyof T> {
  readonly attribute: Name;
  readonly from: T[Name] | undefined;
  readonly to: T[Name] | undefined;
}

/**
 * The attributes that differ between two states, in their order. A null state has no attributes, so from or to null,
 * every attribute changes. Values are compared as JSON.
 */
export function difference<T extends object>(from: T | null, to: T | null): Change<T>[] {
  const names = Object.keys({ ...from, ...to }) as (keyof T)[];
  return names
    .map((attribute) => ({ attribute, from: from?.[attribute], to: to?.[attribute] }))
    .filter((change) => JSON.stringify(change.from) !== JSON.stringify(change.to));
}
