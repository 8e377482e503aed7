import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * The most requests of one connection that may wait for their answers. No usual client sends even a second one before
 * it has its answer; one that sends thousands without reading would fill the memory with their answers.
 */
const MAXIMUM_UNANSWERED = 16;

/** Closes connections that send more requests than they read answers. */
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
