import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy between client and server that can make the current connections lead nowhere, as a lost route does. */
export class LeakyPipe {
  readonly #sockets = new Set<[Socket, Socket]>();
  readonly #listener = createServer((client) => {
    const server = connect(this.target, '127.0.0.1');
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    this.#sockets.add([client, server]);
  });

  constructor(private readonly target: number) {}

  /** @returns the port to connect to. */
  async listen(): Promise<number> {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
    return (this.#listener.address() as AddressInfo).port;
  }

  /** The present connections stay open but pass nothing on; new ones work. */
  leak(): void {
    for (const [client, server] of this.#sockets) {
      client.unpipe(server);
      server.unpipe(client);
      client.resume();
      server.resume();
    }
  }

  close(): void {
    this.#listener.close();
    for (const socket of [...this.#sockets].flat()) socket.destroy();
  }
}
