import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** Path and query, decoded. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The reaction to a request: answer it, drop its connection before or during the answer, or stay silent. */
export type Reaction =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      /** What to do in the middle of the body. */
      readonly amid?: 'break off' | 'stall';
    }
  | 'drop'
  | 'break off'
  | 'say nothing';

/** A real HTTP server that reacts to each request as a test decides. */
export class ScriptedServer {
  readonly received: Received[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #left = Promise.withResolvers<null>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param react receives the request and the number of requests before it. */
  static async start(react: (request: Received, before: number) => Reaction): Promise<ScriptedServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const started = new ScriptedServer(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      response.once('close', () => response.writableFinished || started.#left.resolve(null));
      void text(request).then((body) => {
        const { method = '', url = '', headers } = request;
        const received = { method, target: decodeURIComponent(url), headers, body };
        started.received.push(received);
        send(response, react(received, started.received.length - 1));
        started.#waiting.splice(0).forEach((go) => go());
      });
    });
    return started;
  }

  /** Waits until this many requests have arrived. */
  async has(count: number): Promise<void> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Waits until a client has disconnected before the end of an answer. */
  async isLeft(): Promise<void> {
    await this.#left.promise;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

function send(response: ServerResponse, reaction: Reaction): void {
  if (reaction === 'say nothing') return;
  if (reaction === 'drop') {
    response.destroy();
    return;
  }
  if (reaction === 'break off') {
    send(response, { status: 200, body: '{"data":', amid: 'break off' });
    return;
  }
  const { status, headers = {}, body, amid } = reaction;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers });
  if (amid === undefined) response.end(text);
  else response.write(text, () => amid === 'break off' && response.destroy());
}

/** A connection at a revision, in the service's form. */
export const connection = (revision: number): object => ({
  type: 'connect/connections',
  id: 'cxn_1',
  attributes: { status: 'pending' },
  meta: { revision },
});

/** A success with one resource, or several. */
export const ok = (data: object, headers: Record<string, string> = {}): Reaction => ({
  status: 200,
  headers,
  body: { data },
});

/** A refusal with one problem. */
export const refusal = (
  status: number,
  code: string,
  { headers = {}, ...more }: { headers?: Record<string, string>; meta?: object; source?: object } = {},
): Reaction => ({
  status,
  headers,
  body: { errors: [{ status: String(status), code, title: 'No', details: `It is ${code}.`, ...more }] },
});
