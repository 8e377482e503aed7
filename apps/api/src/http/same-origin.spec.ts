import type { FastifyRequest } from 'fastify';
import { refuseCrossSite } from './same-origin';

const PUBLIC_URL = 'https://connections.example.com';

describe('a request that changes something, by a browser that says no more than Origin,', () => {
  const posted = (origin: string, host: string): FastifyRequest =>
    ({ method: 'POST', headers: { origin, host } }) as FastifyRequest;

  it.each([
    ['a page of the host that was asked', 'http://127.0.0.1:3000', '127.0.0.1:3000', undefined],
    ['the same, whatever its case', 'http://localhost:3000', 'LOCALHOST:3000', undefined],
    ['a page of where people find it', PUBLIC_URL, 'inside:3000', PUBLIC_URL],
    ['the same, where the proxy passes the name on', PUBLIC_URL, 'connections.example.com', PUBLIC_URL],
    ['a page of another host that was asked', 'http://127.0.0.1:3000', '127.0.0.1:3000', PUBLIC_URL],
  ])('is let in from %s', (_, origin, host, publicUrl) => {
    expect(() => refuseCrossSite(posted(origin, host), publicUrl)).not.toThrow();
  });

  it.each([
    ['another host', 'http://evil.example', '127.0.0.1:3000', undefined],
    ['another port', 'http://127.0.0.1:3001', '127.0.0.1:3000', undefined],
    ['where people find it, without TLS', 'http://connections.example.com', 'connections.example.com', PUBLIC_URL],
    ['no host', 'null', '127.0.0.1:3000', PUBLIC_URL],
  ])('is refused from a page of %s', (_, origin, host, publicUrl) => {
    expect(() => refuseCrossSite(posted(origin, host), publicUrl)).toThrow();
  });
});
