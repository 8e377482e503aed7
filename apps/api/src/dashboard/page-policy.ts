/**
 * What a page of the dashboard may load and do: its own scripts and styles, and calls to this service. Styles that its
 * components create at run time carry the nonce; scripts are only allowed as files of ours.
 */
export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
