/**
 * What a page of the dashboard may load and do: its own scripts and styles, and this service. Styles that its components
 * make while they are shown carry the nonce; a script has no way in but as a file of ours.
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
