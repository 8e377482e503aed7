/**
 * A text that a person wrote. Events hold only a commitment to it, and those of the first version the text itself. For
 * display, the commitment is replaced by the text, if that is still there.
 */
export type FreeText = { readonly text: string } | { readonly commitment: string };

/** The text for display; null if there is none, or none any longer. */
export const legible = (text: FreeText | null): string | null => (text !== null && 'text' in text ? text.text : null);
