import type { Past } from '@connections/connection/past';
import { momentOf } from './moment';
import { wholeNumberOf } from './whole-number';

/** Parses a past: a revision or a moment (ISO-8601 with a zone); null for any other text. */
export function pastOf(text: string): Past | null {
  const revision = wholeNumberOf(text);
  if (revision !== null) return { revision };
  const asOf = momentOf(text);
  return asOf === null ? null : { asOf };
}
