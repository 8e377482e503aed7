import { ProblemError } from './problems';

/** The entity tag of a revision. */
export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * The revisions that an If-Match header accepts; null for any. Weak tags never match (RFC 9110, 13.1.1), nor does a tag
 * that this service cannot have issued.
 * @throws ProblemError when the header is malformed.
 */
export function revisionsOf(header: string | undefined): number[] | null {
  if (header === undefined || header.trim() === '*') return null;
  const tags = header.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw new ProblemError({
      code: 'invalid-header',
      details: 'If-Match must be an ETag as it was answered, with its quotes, such as "3".',
      source: { header: 'If-Match' },
    });
  }
  return tags.filter((tag) => /^"(0|[1-9]\d{0,14})"$/.test(tag)).map((tag) => Number(tag.slice(1, -1)));
}
