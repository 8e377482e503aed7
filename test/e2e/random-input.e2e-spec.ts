import fc from 'fast-check';
import { type Answer } from '../support/client';
import { describeRefusals } from '../support/refusals';

describeRefusals('what a client sends', (at) => {
  describe('at random', () => {
    const sound = (answer: Answer): void => {
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('request-id')).toMatch(/^req_/);
      if (answer.status < 400) return;
      expect(answer.body.errors.length).toBeGreaterThan(0);
      for (const error of answer.body.errors) {
        expect(error).toMatchObject({
          status: expect.any(String),
          code: expect.any(String),
          details: expect.any(String),
        });
      }
    };
    const names = fc.oneof(
      fc.constantFrom('name', 'scopes', 'reason', 'organization-id', 'sourceOrganizationId', 'role', 'expires_at'),
      fc.constantFrom('__proto__', 'constructor', 'toString', ''),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const bodies = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc
        .dictionary(names, fc.jsonValue(), { maxKeys: 5 })
        .map((attributes) => JSON.stringify({ data: { attributes } })),
    );

    it('bodies are never answered by a 5xx', async () => {
      const paths = ['/connect/connections', `/connect/connections/${at.id}/activate`, '/organizations', '/api-keys'];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), bodies, async (path, body) => {
          // The destination is left out everywhere, and the source may not activate, so nothing can come of it.
          sound(await at.source.client.post(path, { body, headers: { 'idempotency-key': 'random' } }));
        }),
        { numRuns: 300 },
      );
    });

    it('queries are never answered by a 5xx', async () => {
      const parameters = fc.oneof(
        fc.constantFrom('filter[status]', 'filter[name]', 'filter[created-at-start]', 'page[size]', 'page[after]'),
        names,
      );
      const query = fc
        .array(fc.tuple(parameters, fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 4 })
        .map((pairs) =>
          pairs.map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('=')).join('&'),
        );
      const paths = ['/connect/connections', `/connect/connections/${at.id}`, '/api-keys', '/organization'];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), query, async (path, text) => {
          sound(await at.source.client.get(`${path}?${text}`));
        }),
        { numRuns: 300 },
      );
    });
  });
});
