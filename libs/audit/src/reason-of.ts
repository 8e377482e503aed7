/** What the system says of a file, without the file: that is often one beside the real one, under a name that nobody knows. */
export const reasonOf = (error: unknown): string => (error as Error).message.replace(/, \w+( '.*)?$/s, '');
