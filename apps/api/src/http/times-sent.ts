import type { IncomingMessage } from 'node:http';

/**
 * How often a request has a header. Of two, Node.js returns the first, while a proxy may have checked the second.
 * @param header in lower case.
 */
export function timesSent({ rawHeaders }: IncomingMessage, header: string): number {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === header.length && name.toLowerCase() === header) times += 1;
  }
  return times;
}
