import { connect } from 'node:net';
import { parsed } from './parsed';

/** An answer as received. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests inspect answers of every shape; what they find is what they assert.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/**
 * Sends bytes that no HTTP client would send. Reads until this many answers have arrived, or the service closes the
 * connection.
 */
export async function sendRaw(
  url: string,
  request: string | Buffer,
  { end = false, answers = 1 }: { end?: boolean; answers?: number } = {},
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  let received: Buffer = Buffer.alloc(0);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(request);
      if (end) socket.end();
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (answersIn(received).length >= answers) socket.destroy();
    });
    // A service that refuses a request still being sent may reset the connection; its answer before that counts.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
  });
  return answersIn(received);
}

/** A complete request as text, with the correct length of its body. */
export function rawRequest(line: string, headers: readonly string[], body: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 ? [`content-length: ${bytes.length}`] : [];
  const head = [`${line} HTTP/1.1`, 'host: localhost', 'connection: close', ...headers, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  for (let end = rest.indexOf('\r\n\r\n'); end !== -1; end = rest.indexOf('\r\n\r\n')) {
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = new Headers(lines.map((line) => /^([^:]+): ?(.*)$/s.exec(line)!.slice(1) as [string, string]));
    const status = Number(statusLine.split(' ')[1]);
    const length = status === 204 || status === 304 ? 0 : Number(headers.get('content-length') ?? 0);
    if (rest.length < end + 4 + length) break;
    const body = rest.subarray(end + 4, end + 4 + length);
    rest = rest.subarray(end + 4 + length);
    const text = body.toString();
    // 100 Continue is not the answer.
    if (status >= 200) answers.push({ status, headers, text, body: parsed(text) });
  }
  return answers;
}
