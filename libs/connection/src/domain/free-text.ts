/**
 * What a person wrote. The log holds what stands for it, its commitment; events of the first version hold it as it is.
 * Whoever shows it to people gives the text for the commitment where it is still there.
 */
export type FreeText = { readonly text: string } | { readonly commitment: string };

/** What people get to read; null where there is nothing, or nothing any more. */
export const legible = (text: FreeText | null): string | null => (text !== null && 'text' in text ? text.text : null);
