import type { Past } from '@connections/connection/past';
import { momentOf } from './moment';
import { wholeNumberOf } from './whole-number';

/** The past that is written as a revision or as a moment; null when the text is neither. */
export function pastOf(text: string): Past | null {
  const revision = wholeNumberOf(text);
  if (revision !== null) return { revision };
  const asOf = momentOf(text);
  return asOf === null ? null : { asOf };
}
