import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)/i;

/** What came back. `body` is read only where somebody asks for it, before the next request is sent. */
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
  readonly #room = Buffer.allocUnsafeSlow(65_536);
  #received: Buffer = NOTHING;
  #answered: ((answer: HttpAnswer) => void) | null = null;
  #failed: ((error: Error) => void) | null = null;

  constructor(port: number) {
    // One room for all that comes: a new one for each piece would have to be collected, and whoever waits meanwhile would
    // be taken for one whom the server lets wait.
    const callback = (length: number): true => {
      this.#receive(this.#room.subarray(0, length));
      return true;
    };
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: this.#room, callback } });
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
    const whole = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = whole.indexOf(HEAD_END);
    const head = end === -1 ? '' : whole.toString('latin1', 0, end);
    const length = CONTENT_LENGTH.exec(head)?.[1];
    if (end !== -1 && length === undefined) {
      this.#fail(new Error(`An answer without Content-Length cannot be read here:\n${head}`));
      return;
    }
    const from = end + HEAD_END.length;
    if (end === -1 || whole.length < from + Number(length)) {
      this.#received = Buffer.from(whole);
      return;
    }
    this.#received = NOTHING;
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
