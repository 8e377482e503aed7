let person: string | null = null;

/** @param personId the person to whom the page is shown: from now on all requests are made as them. */
export const askAs = (personId: string): void => void (person = personId);

/**
 * A request header that makes the service refuse the request if another person is signed in than the one to whom the
 * page is shown. That may happen after another window was used.
 */
export const asWhom = (): Readonly<Record<string, string>> => (person === null ? {} : { 'connect-person': person });
