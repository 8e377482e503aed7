import type { Answer } from './terminal';

/** Which part of a list is asked for. */
export interface PageOptions {
  readonly limit: number;
  /** The id of the last one seen. */
  readonly after?: string;
}

/** One page of a list that one more was read of than is shown, to know whether there are more. */
export function pageAnswer<T extends { readonly id: string }>(
  found: readonly T[],
  { limit }: PageOptions,
  parts: { resource: (item: T) => object; table: (items: readonly T[]) => string; none: string },
): Answer {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next = found.length > limit && last ? last.id : null;
  const more = next === null ? '' : `\n\nThere are more: add --after ${next}`;
  return {
    document: { data: shown.map(parts.resource), meta: { next } },
    text: shown.length === 0 ? parts.none : parts.table(shown) + more,
  };
}
