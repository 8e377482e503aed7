import { sendRaw } from '../support/raw-http';
import { CONNECTIONS, describeRefusals, JSON_TYPE, refused } from '../support/refusals';

describeRefusals('what a client sends that cannot be accepted', (at) => {
  const { raw, key } = at;

  describe('as HTTP', () => {
    const head = (...headers: string[]): string =>
      [`POST ${CONNECTIONS} HTTP/1.1`, 'host: localhost', key(), JSON_TYPE, ...headers, '', ''].join('\r\n');

    it('with two lengths, or a length and chunks', async () => {
      refused(await raw(`${head('content-length: 2', 'content-length: 3')}{}`), 400, 'malformed-request');
      const both = `${head('content-length: 2', 'transfer-encoding: chunked')}0\r\n\r\n`;
      refused(await raw(both), 400, 'malformed-request');
    });

    it('with a length that is wrong', async () => {
      refused(await raw(`${head('content-length: 20')}{}`, { end: true }), 400, 'malformed-request');
      for (const length of ['-1', 'x', '0x2', '2.0', '9'.repeat(30)]) {
        refused(await raw(`${head(`content-length: ${length}`)}{}`), 400, 'malformed-request');
      }
      const [answer] = await sendRaw(at.service.url, `${head('content-length: 2')}{}{}`);
      expect(answer?.status).toBe(400);
    });

    it('with chunks that are none', async () => {
      for (const chunks of ['zz\r\n{}\r\n', '-1\r\n{}\r\n', '2\r\n{}{}\r\n0\r\n\r\n', 'ffffffffffffffffff\r\n']) {
        refused(await raw(`${head('transfer-encoding: chunked')}${chunks}`), 400, 'malformed-request');
      }
    });

    it.each([
      ['words', 'hello\r\n\r\n'],
      ['TLS', Buffer.from([0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3])],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['HTTP/9.9', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n'],
      ['a URL with a space', `GET ${CONNECTIONS} x HTTP/1.1\r\nhost: x\r\n\r\n`],
      ['a URL with NUL', `GET ${CONNECTIONS}\0 HTTP/1.1\r\nhost: x\r\n\r\n`],
      ['a URL of 20,000 characters', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
    ])('that is none: %s', async (_, bytes) => refused(await raw(bytes), 400, 'malformed-request'));
  });
});
