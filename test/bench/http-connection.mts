import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)/i;

/** What came back. `body` is read only where somebody asks for it. */
export interface HttpAnswer {
  readonly status: number;
  /** Status line and headers, as they were sent. */
  readonly head: string;
  readonly body: () => string;
}

/**
 * One kept-alive HTTP/1.1 connection on a bare socket, one request at a time. It knows just enough of HTTP to load a
 * server on loopback: node:http's client costs several times as much and would itself be what is measured.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((answer: HttpAnswer) => void) | null = null;
  #failed: ((error: Error) => void) | null = null;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The server closed the connection.')));
  }

  /** Sends a whole request; exactly one of the two is called once. */
  send(request: string, answered: (answer: HttpAnswer) => void, failed: (error: Error) => void): void {
    this.#answered = answered;
    this.#failed = failed;
    this.#socket.write(request);
  }

  close(): void {
    this.#failed = null;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(HEAD_END);
    if (end === -1) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = CONTENT_LENGTH.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error(`An answer without Content-Length cannot be read here:\n${head}`));
      return;
    }
    const from = end + HEAD_END.length;
    if (this.#received.length < from + Number(length)) return;
    const whole = this.#received;
    this.#received = Buffer.alloc(0);
    const answered = this.#answered;
    this.#answered = null;
    this.#failed = null;
    answered?.({ status: Number(head.slice(9, 12)), head, body: () => whole.toString('utf8', from) });
  }

  #fail(error: Error): void {
    const failed = this.#failed;
    this.#failed = null;
    failed?.(error);
  }
}
