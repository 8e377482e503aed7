const KEY = 'invitation';

/**
 * The token of the invitation that was opened. It is taken out of the address, so that nobody reads it there, and kept for
 * this tab until it is used: whoever has to sign in elsewhere first comes back to it.
 * @returns null where no invitation was opened.
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

/** Forgets all else that this tab keeps: the invitation alone may be for whoever comes next. */
export function forgetAllElse(): void {
  for (const key of Object.keys(sessionStorage)) if (key !== KEY) sessionStorage.removeItem(key);
}
