const KEY = 'invitation';

/**
 * The token of the opened invitation. It is removed from the address, so that nobody reads it there, and kept for this
 * tab until it is used: a person who first has to sign in elsewhere comes back to it.
 * @returns null if no invitation was opened.
 */
export function invitationToken(): string | null {
  const token = window.location.hash.slice(1);
  if (token !== '') {
    sessionStorage.setItem(KEY, token);
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }
  return sessionStorage.getItem(KEY);
}

export const forgetInvitation = (): void => sessionStorage.removeItem(KEY);

/** Clears everything else that this tab keeps: only the invitation may be for the next person. */
export function forgetAllElse(): void {
  for (const key of Object.keys(sessionStorage)) if (key !== KEY) sessionStorage.removeItem(key);
}
