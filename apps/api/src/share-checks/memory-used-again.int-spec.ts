import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryUsedAgain, PIECE } from './memory-used-again';

const LENGTH = PIECE - 1;

describe('memory that is used again', () => {
  it('is the same once it was given back, and no more than is worth keeping', () => {
    const memory = new MemoryUsedAgain();
    const [first, second] = [memory.take(1), memory.take(PIECE)];
    expect(second).not.toBe(first);
    memory.giveBack(first);
    expect(memory.take(100)).toBe(first);
    const large = memory.take(PIECE + 1);
    expect(large.length).toBeGreaterThan(PIECE);
    memory.giveBack(large);
    expect(memory.take(1)).toHaveLength(PIECE);
  });

  it('is not given back while an answer that is in it waits to be read', async () => {
    const memory = new MemoryUsedAgain();
    let asked = 0;
    const server = createServer((_, response) => {
      const bytes = memory.takeFor(response, LENGTH).subarray(0, LENGTH).fill(asked);
      asked += 1;
      response.setHeader('content-length', LENGTH).end(bytes);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    /** @returns whether the system has accepted the whole answer. */
    const ask = async (socket: Socket): Promise<boolean> => {
      socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
      const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
      await nextTurn();
      return response.writableFinished;
    };
    const late: { readonly socket: Socket; readonly answers: number[] }[] = [];
    for (let reader = 0; reader < 4; reader += 1) {
      const socket = connect(port, '127.0.0.1');
      const answers: number[] = [];
      do answers.push(asked % 256);
      while (await ask(socket));
      late.push({ socket, answers });
    }
    // One client disconnects without an answer, and another comes that reads its answers.
    late.pop()?.socket.destroy();
    const prompt = connect(port, '127.0.0.1').resume();
    for (let request = 0; request < 20; request += 1) await ask(prompt);
    prompt.destroy();

    for (const { socket, answers } of late) {
      const read: number[] = [];
      let received = Buffer.alloc(0);
      for await (const chunk of socket) {
        received = Buffer.concat([received, chunk as Buffer]);
        const body = received.indexOf('\r\n\r\n') + 4;
        if (body < 4 || received.length < body + LENGTH) continue;
        const bytes = received.subarray(body, body + LENGTH);
        read.push(bytes.every((byte) => byte === bytes[0]) ? Number(bytes[0]) : NaN);
        received = received.subarray(body + LENGTH);
        // Each chunk is shorter than an answer, and so ends at most one.
        if (read.length === answers.length) break;
      }
      expect(read).toEqual(answers);
    }
    server.close();
    await once(server, 'close');
  });
});
