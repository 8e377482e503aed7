import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The connections of a server, which tests can break. */
export class Connections {
  readonly host = '127.0.0.1';
  private readonly open = new Map<string, Socket>();
  private readonly waiting: Socket[] = [];
  private readonly listener = createServer((socket) => this.accept(socket));
  private frozen = false;

  /**
   * @param port 0 for a free one, which is then kept.
   * @param serve takes over a connection.
   */
  constructor(
    private boundPort: number,
    private readonly serve: (socket: Socket) => void,
  ) {}

  get port(): number {
    return this.boundPort;
  }

  async listen(): Promise<void> {
    this.listener.listen(this.boundPort, this.host);
    await once(this.listener, 'listening');
    this.boundPort = (this.listener.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.listener.listening) return;
    const closed = once(this.listener, 'close');
    this.listener.close();
    this.killAll();
    await closed;
  }

  /** Breaks the connection with a peer, named `address:port`. */
  kill(peer: string): void {
    this.open.get(peer)?.destroy();
  }

  killAll(): void {
    for (const socket of this.open.values()) socket.destroy();
  }

  /** Accepts connections, but stays silent on them. */
  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    for (const socket of this.waiting.splice(0)) this.serve(socket);
  }

  private accept(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.open.set(peer, socket);
    socket.on('close', () => this.open.delete(peer));
    // A client that disconnects is no error.
    socket.on('error', () => undefined);
    if (this.frozen) this.waiting.push(socket);
    else this.serve(socket);
  }
}
