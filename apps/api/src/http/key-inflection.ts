import { camelCase, kebabCase, snakeCase } from 'change-case';
import { LRUCache } from 'lru-cache';
import type { Json, JsonObject } from '@connections/event-store/event-store';

/** The casing of the keys in an answer. Inside the service all keys are in kebab case. */
export type KeyInflection = 'kebab' | 'camel' | 'snake';

export const isKeyInflection = (text: string): text is KeyInflection => Object.hasOwn(inflect, text);

const inflect: Record<KeyInflection, (key: string) => string> = {
  kebab: kebabCase,
  camel: camelCase,
  snake: snakeCase,
};

export const keyInflections = Object.keys(inflect) as readonly KeyInflection[];

const remembered: Record<KeyInflection, LRUCache<string, string>> = {
  kebab: new LRUCache({ max: 1_000 }),
  camel: new LRUCache({ max: 1_000 }),
  snake: new LRUCache({ max: 1_000 }),
};

/** A key in another casing. */
export function inflectedKey(key: string, form: KeyInflection): string {
  const known = remembered[form].get(key);
  if (known !== undefined) return known;
  const result = inflect[form](key);
  if (key.length <= 100) remembered[form].set(key, result);
  return result;
}

/** The internal name for a key of a request, in any of the three casings; any other key is unchanged. */
export function toKebab(key: string): string {
  if (/^[a-z-]+$/.test(key)) return key;
  const name = inflectedKey(key, 'kebab');
  return key === inflectedKey(name, 'camel') || key === inflectedKey(name, 'snake') ? name : key;
}

/** An answer with all its keys in another casing. Values are unchanged. */
export function withKeys(value: Json, form: KeyInflection): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withKeys(item, form));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, member]) => [inflectedKey(key, form), withKeys(member, form)]),
  );
}
