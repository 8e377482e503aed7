/** The nonce that allows styles to be added at run time. The server gives each page its own. */
export const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
