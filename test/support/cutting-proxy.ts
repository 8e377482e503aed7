import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where one exchange of a request and its answer is cut. */
type Cut = 'before the request arrives' | 'before the answer arrives' | 'amid the answer';

const cuts: readonly Cut[] = ['before the request arrives', 'before the answer arrives', 'amid the answer'];

/** A connection to a service that is cut again and again, up to a limit. */
export interface CuttingProxy {
  readonly url: string;
  /** How often it was cut, by place. */
  readonly done: ReadonlyMap<Cut, number>;
  stop(): Promise<void>;
}

/**
 * Forwards bytes to a service and back. Of four exchanges it lets one pass, and cuts the connections of the others,
 * each at a different place.
 * @param limit how often it cuts in all.
 */
export async function startCuttingProxy(service: string, limit: number): Promise<CuttingProxy> {
  const { hostname, port } = new URL(service);
  const done = new Map<Cut, number>();
  const open = new Set<Socket>();
  let exchanges = 0;
  const nextCut = (): Cut | undefined => {
    if ([...done.values()].reduce((sum, count) => sum + count, 0) >= limit) return undefined;
    const cut = cuts[exchanges++ % (cuts.length + 1)];
    if (cut !== undefined) done.set(cut, (done.get(cut) ?? 0) + 1);
    return cut;
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    let cut: Cut | undefined;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', end).on('close', () => {
        open.delete(socket);
        end();
      });
    }
    // Here a request arrives in one piece, or its head and its body do; a body begins no new exchange.
    client.on('data', (chunk) => {
      if (/^(GET|POST) /.test(chunk.toString('latin1', 0, 5))) cut = nextCut();
      if (cut === 'before the request arrives') end();
      else upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (cut === 'before the answer arrives') end();
      else if (cut === 'amid the answer') client.write(chunk.subarray(0, chunk.length / 2), end);
      else client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      open.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
