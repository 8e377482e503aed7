/** The most characters of the name of an organization, a key or a person. */
export const longestName = 200;
