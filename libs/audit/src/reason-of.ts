/**
 * The system's error about a file, without the path: that is often a temporary file beside the real one, whose name
 * means nothing to people.
 */
export const reasonOf = (error: unknown): string => (error as Error).message.replace(/, \w+( '.*)?$/s, '');
