let person: string | null = null;

/** @param personId whom the page is shown to: from now on it asks as them alone. */
export const askAs = (personId: string): void => void (person = personId);

/**
 * Headers of a request: it is refused where somebody else is signed in than whom the page is shown to, as they may be since
 * another window has been used.
 */
export const asWhom = (): Readonly<Record<string, string>> => (person === null ? {} : { 'connect-person': person });
