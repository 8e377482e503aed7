import type { Answer } from './terminal';

/** Which page of a list. */
export interface PageOptions {
  readonly limit: number;
  /** The id of the last item seen. */
  readonly after?: string;
}

/** A page of a list, of which one more item was read than is shown, to know whether there are more. */
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
