import { type RawAnswer, rawRequest } from '../support/raw-http';
import { CONNECTIONS, describeRefusals, refused } from '../support/refusals';

describeRefusals('what a client sends that cannot be accepted', (at) => {
  const { raw, key, rawPost } = at;

  describe('as a header', () => {
    const get = (...headers: string[]): Promise<RawAnswer> => raw(rawRequest(`GET ${CONNECTIONS}`, headers));

    it('Authorization that is none, another scheme, malformed, unknown, too long or two', async () => {
      const unauthenticated = ['unauthenticated', 'Authorization'] as const;
      refused(await get(), 401, unauthenticated);
      for (const value of [
        '',
        'Bearer',
        'Bearer ',
        at.source.key,
        `Basic ${at.source.key}`,
        `Bearer ${at.source.key} x`,
        `Bearer ${at.source.key}x`,
        'Bearer cx_x_y',
        `Bearer ${at.source.key.slice(0, -1)}`,
        `Bearer ${'a'.repeat(10_000)}`,
        'Bearer cx_\xff_\xff',
      ]) {
        const answer = await get(`authorization: ${value}`);
        refused(answer, 401, unauthenticated);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
      refused(await get(key(), key()), 401, unauthenticated);
      refused(await get(key(), `Authorization: Bearer ${at.third.key}`), 401, unauthenticated);
      refused(await get(`authorization: Bearer ${'a'.repeat(100_000)}`), 400, 'malformed-request');
    });

    it('Accept that allows nothing that is answered', async () => {
      for (const accept of ['text/html', 'application/xml', 'image/*', 'application/json;q=0', 'application/jsonp']) {
        refused(await get(key(), `accept: ${accept}`), 406, ['not-acceptable', 'Accept']);
      }
    });

    it('Idempotency-Key that is empty, too long or no ASCII', async () => {
      for (const value of ['', 'x'.repeat(256), 'caf\xe9', 'a\tb']) {
        refused(await rawPost('{"data":{}}', `idempotency-key: ${value}`), 400, ['invalid-header', 'Idempotency-Key']);
      }
    });

    it('If-Match that is no entity tag', async () => {
      for (const value of ['0', '"0', 'x', '', ',', '"0" "1"', '"0",', 'null']) {
        const request = rawRequest(`POST ${CONNECTIONS}/${at.id}/deactivate`, [key(), `if-match: ${value}`]);
        refused(await raw(request), 400, ['invalid-header', 'If-Match']);
      }
      for (const value of ['"1"', 'W/"0"', '"x"', '"99999999999999999999"', '"-1"']) {
        const request = rawRequest(`POST ${CONNECTIONS}/${at.id}/deactivate`, [key(), `if-match: ${value}`]);
        refused(await raw(request), 412, ['stale-revision', 'If-Match']);
      }
    });

    it('Key-Inflection and Connect-Position that are none', async () => {
      for (const value of ['', 'KEBAB', 'pascal', 'camel, snake', 'constructor', '__proto__']) {
        refused(await get(key(), `key-inflection: ${value}`), 400, ['invalid-header', 'Key-Inflection']);
      }
      for (const value of ['', '-1', 'x', '1.5', '1, 2', '9'.repeat(65), "1' or 1=1"]) {
        refused(await get(key(), `connect-position: ${value}`), 400, ['invalid-header', 'Connect-Position']);
      }
    });

    it('Expect of something else, and no Host or two', async () => {
      refused(await rawPost('{}', 'expect: cake'), 400, ['malformed-request', 'Expect']);
      const request = `GET ${CONNECTIONS} HTTP/1.1\r\nconnection: close\r\n${key()}\r\n\r\n`;
      refused(await raw(request), 400, ['malformed-request', 'Host']);
      for (const host of ['Host: elsewhere.example', 'host: localhost']) {
        refused(await get(key(), host), 400, ['malformed-request', 'Host']);
      }
    });

    it('with another header hidden in it', async () => {
      for (const value of ['a\nset-cookie: x=1', 'a\rset-cookie: x=1', 'a\0b']) {
        refused(await get(key(), `request-id: ${value}`), 400, 'malformed-request');
      }
    });

    it('thousands of them', async () => {
      const many = Array.from({ length: 3_000 }, (_, n) => `x-${n}: x`);
      refused(await get(key(), ...many), 400, 'malformed-request');
    });
  });
});
