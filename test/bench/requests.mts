const BASE = '/api/v1/connect/connections';
/** The first page. */
export const LIST = BASE;

/** The text of a request as it goes over the wire. */
export function requestOf(
  method: 'GET' | 'POST',
  path: string,
  key: string,
  body: string | null = null,
  idempotencyKey: string | null = null,
): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n`;
  const repeat = idempotencyKey === null ? '' : `idempotency-key: ${idempotencyKey}\r\n`;
  if (body === null) return `${head}${repeat}\r\n`;
  return `${head}${repeat}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const createRequest = (key: string, destination: string, idempotencyKey: string | null): string =>
  requestOf(
    'POST',
    BASE,
    key,
    `{"data":{"attributes":{"destination-organization-id":"${destination}","name":"Partner Connection"}}}`,
    idempotencyKey,
  );

export const stepRequest = (key: string, id: string, step: string, idempotencyKey: string | null): string =>
  requestOf('POST', `${BASE}/${id}/${step}`, key, '{"data":{"attributes":{}}}', idempotencyKey);

export const getRequest = (key: string, id: string): string => requestOf('GET', `${BASE}/${id}`, key);

/** One question, or a list of them. */
export function checkRequest(key: string, pairs: readonly { sourceId: string; destinationId: string }[]): string {
  const questions = pairs.map(
    ({ sourceId, destinationId }) =>
      `{"attributes":{"source-organization-id":"${sourceId}","destination-organization-id":"${destinationId}","scopes":["inquiry.read"]}}`,
  );
  const data = questions.length === 1 ? questions[0] : `[${questions.join(',')}]`;
  return requestOf('POST', '/api/v1/connect/share-checks', key, `{"data":${data}}`);
}

/** The first page of ten, or the page that a link of the one before names. */
export const listRequest = (key: string, link: string = LIST): string => requestOf('GET', link, key);
