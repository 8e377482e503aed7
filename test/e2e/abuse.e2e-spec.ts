import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Client } from '../support/client';
import { TestedService } from '../support/tested-service';

describe('a client that does not behave', () => {
  const service = new TestedService();
  let client: Client;
  beforeAll(async () => {
    client = new Client(service.url, service.demo.source.key);
  });

  const open = (): Socket => {
    const { hostname, port } = new URL(service.url);
    return connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  };
  const request = 'GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n';
  /** Everything that comes until the service closes the connection, or so many answers are there. */
  const answersOf = async (socket: Socket, expected: number): Promise<number> => {
    let text = '';
    const count = (): number => text.split('HTTP/1.1 200').length - 1;
    const closed = Promise.race([once(socket, 'end'), once(socket, 'close')]).catch(() => undefined);
    const enough = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (count() >= expected) resolve();
      });
    });
    socket.on('error', () => undefined);
    await Promise.race([closed, enough]);
    socket.destroy();
    return count();
  };

  it('may send a few requests ahead of their answers', async () => {
    const socket = open();
    socket.write(request.repeat(10));
    expect(await answersOf(socket, 10)).toBe(10);
  });

  it('is let go when it sends a flood of them', async () => {
    const socket = open();
    socket.write(request.repeat(1_000));
    expect(await answersOf(socket, 1_000)).toBeLessThan(1_000);
    expect((await client.get('/livez')).status).toBe(200);
  });

  it('keeps nothing open by sending garbage and never closing its side', async () => {
    const openFiles = async (): Promise<number> =>
      Number(/^process_open_fds (\d+)/m.exec((await client.get('/metrics')).text)?.[1]);
    const before = await openFiles();
    const sockets = Array.from({ length: 50 }, open);
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write('garbage\r\n\r\n');
      socket.resume();
    }
    await Promise.all(sockets.map((socket) => once(socket, 'end')));
    while ((await openFiles()) > before + 5);
    for (const socket of sockets) socket.destroy();
  });

  it('holds nobody up with a body of thousands of attributes, and hears of a hundred of them', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, 1]));
    const answer = await client.post('/connect/connections', { body: { data: { attributes } } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.length).toBeLessThanOrEqual(100);
  });
});
