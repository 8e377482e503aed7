import { randomBytes } from 'node:crypto';
import { type Answer, Client, newConnection, newKey, newOrganization, type Pair, type Party } from '../support/client';
import { TestedService } from '../support/tested-service';

/** Headers that differ between any two answers, whatever was asked. */
const PASSING = ['request-id', 'date', 'ratelimit-remaining', 'ratelimit-reset'];

const shown = ({ status, headers, text }: Answer): unknown => ({
  status,
  headers: [...headers].filter(([name]) => !PASSING.includes(name)),
  text,
});

describe('what strangers can tell', () => {
  const service = new TestedService();

  describe.each(['pending', 'active', 'inactive'] as const)('of a connection that is %s', (status) => {
    const missing = 'cxn_1111111111111111111111';
    let connection: Pair & { readonly id: string };
    let third: Party;
    beforeAll(async () => {
      connection = await newConnection(service.platform, status);
      third = await newOrganization(service.platform, 'Third');
      // A party to something else, so that it is not refused for having nothing.
      await third.client.create(connection.source.id);
    });

    const now = '2026-01-01T00:00:00Z';
    const questions: readonly (readonly [string, (client: Client, id: string) => Promise<Answer>])[] = [
      ['retrieving', (client, id) => client.retrieve(id)],
      ['its history', (client, id) => client.get(`/connect/connections/${id}/events`)],
      ['its past at a moment before it was', (client, id) => client.get(`/connect/connections/${id}?as-of=${now}`)],
      ['its first revision', (client, id) => client.get(`/connect/connections/${id}?revision=0`)],
      ['a revision it never had', (client, id) => client.get(`/connect/connections/${id}?revision=99`)],
      ['a comparison', (client, id) => client.get(`/connect/connections/${id}/diff?from=0`)],
      ['a comparison of what never was', (client, id) => client.get(`/connect/connections/${id}/diff?from=99&to=0`)],
      ['activating', (client, id) => client.step(id, 'activate')],
      ['deactivating', (client, id) => client.step(id, 'deactivate', { reason: 'Mine' })],
      ['reactivating', (client, id) => client.step(id, 'reactivate')],
      ['activating a stale revision', (client, id) => client.step(id, 'activate', {}, { 'if-match': '"77"' })],
      ['activating for a trial', (client, id) => client.post(`/connect/connections/${id}/activate?dry-run=true`)],
      ['deactivating for a trial', (client, id) => client.post(`/connect/connections/${id}/deactivate?dry-run=true`)],
      ['reactivating for a trial', (client, id) => client.post(`/connect/connections/${id}/reactivate?dry-run=true`)],
    ];

    it.each(questions)('%s is answered as if it never existed', async (_, ask) => {
      const [existing, never] = [await ask(third.client, connection.id), await ask(third.client, missing)];
      expect(never.status).toBe(404);
      expect(never.body.errors).toMatchObject([{ code: 'not-found' }]);
      expect(shown(existing)).toEqual(shown(never));
    });

    it('its present as of now is answered as if it never existed', async () => {
      const asOf = new Date().toISOString();
      const ask = (id: string): Promise<Answer> => third.client.get(`/connect/connections/${id}?as-of=${asOf}`);
      expect(shown(await ask(connection.id))).toEqual(shown(await ask(missing)));
    });

    it('a retried command is answered as if it never existed', async () => {
      const ask = (id: string, key: string): Promise<Answer> =>
        third.client.step(id, 'deactivate', {}, { 'idempotency-key': key });
      const [existing, never] = [`existing ${status}`, `never ${status}`];
      expect(shown(await ask(connection.id, existing))).toEqual(shown(await ask(missing, never)));
      expect(shown(await ask(connection.id, existing))).toEqual(shown(await ask(missing, never)));
    });

    it('an auditor who may not command hears the same of both', async () => {
      const auditor = await newKey(service.platform, third.id, 'auditor');
      const ask = (id: string): Promise<Answer> => auditor.client.step(id, 'activate');
      expect(shown(await ask(connection.id))).toEqual(shown(await ask(missing)));
    });

    it('no list shows it', async () => {
      const lists = await Promise.all([
        third.client.get('/connect/connections?page[size]=100'),
        third.client.get(`/connect/connections?filter[source-organization-id]=${connection.source.id}`),
        third.client.get(`/connect/connections?filter[destination-organization-id]=${connection.destination.id}`),
      ]);
      for (const { status: code, text } of lists) {
        expect(code).toBe(200);
        expect(text).not.toContain(connection.id);
      }
      const { meta } = (await connection.source.client.retrieve(connection.id)).body.data;
      expect(meta.revision).toBe({ pending: 0, active: 1, inactive: 2 }[status]);
    });
  });

  it('nothing of a key but that it is none', async () => {
    const { url } = service.demo;
    const organization = await newOrganization(service.platform, 'Keys');
    const revoked = await newKey(service.platform, organization.id, 'member');
    await organization.client.post(`/api-keys/${revoked.id}/revoke`);
    // Expires while the rest is asked.
    const soon = { expiresAt: new Date(Date.now() + 1_500).toISOString() };
    const expired = await newKey(service.platform, organization.id, 'member', soon);
    for (;;) {
      if ((await expired.client.get('/organization')).status === 401) break;
    }
    const [, id] = organization.key.split('_');
    const secret = randomBytes(22).toString('hex');
    const authorizations: Record<string, string | null> = {
      missing: null,
      empty: '',
      'without a key': 'Bearer',
      'another scheme': `Basic ${Buffer.from(`${organization.key}:`).toString('base64')}`,
      'the key alone': organization.key,
      malformed: 'Bearer cx_not-a-key',
      'not a key at all': `Bearer ${'x'.repeat(5_000)}`,
      unknown: `Bearer cx_1111111111111111111111_${secret}`,
      'with a wrong secret': `Bearer cx_${id}_${secret}`,
      'with a longer secret': `Bearer ${organization.key}1`,
      expired: `Bearer ${expired.key}`,
      revoked: `Bearer ${revoked.key}`,
    };
    const nobody = new Client(url, null);
    const answers: Record<string, unknown> = {};
    for (const [name, authorization] of Object.entries(authorizations)) {
      const headers: Record<string, string> = authorization === null ? {} : { authorization };
      answers[name] = shown(await nobody.get('/connect/connections', { headers }));
    }
    const { missing } = answers;
    expect(missing).toMatchObject({ status: 401 });
    expect(answers).toEqual(Object.fromEntries(Object.keys(authorizations).map((name) => [name, missing])));
    const [challenge] = (missing as { headers: [string, string][] }).headers.filter(
      ([name]) => name === 'www-authenticate',
    );
    expect(challenge).toEqual(['www-authenticate', 'Bearer']);
  });

  it('the working key beside all those is let in', async () => {
    const organization = await newOrganization(service.platform, 'Keys');
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${organization.key}` };
      const answer = await new Client(service.url, null).get('/organization', { headers });
      expect(answer.body.data.id).toBe(organization.id);
    }
  });
});
