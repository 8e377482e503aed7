import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * How many requests of one connection may wait for their answers at once. No usual client sends even two before it has
 * its answer; one that sends thousands and reads nothing would have their answers fill the memory.
 */
const MAXIMUM_UNANSWERED = 16;

/** Lets go of connections that ask for more than they read. */
export function limitUnanswered(fastify: FastifyInstance): void {
  const unanswered = new WeakMap<Socket, number>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const waiting = (unanswered.get(socket) ?? 0) + 1;
    if (socket.destroyed || waiting > MAXIMUM_UNANSWERED) {
      socket.destroy();
      reply.hijack();
      return;
    }
    unanswered.set(socket, waiting);
    reply.raw.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    done();
  });
}
