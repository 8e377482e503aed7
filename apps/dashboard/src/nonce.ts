/** What lets styles that are made while the page is shown pass its policy. The server gives each page its own. */
export const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
