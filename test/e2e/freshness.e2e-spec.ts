import { type Answer, Client, newConnection, newPair, positionOf } from '../support/client';
import { TestedService } from '../support/tested-service';

describe('Connect-Position', () => {
  const service = new TestedService();

  it('is on the answer to every command that wrote, and grows', async () => {
    const { source, destination } = await newPair(service.platform);
    const created = await source.client.create(destination.id);
    const id = created.body.data.id as string;
    const answers = [
      created,
      await destination.client.step(id, 'activate'),
      await source.client.step(id, 'deactivate'),
      await source.client.step(id, 'reactivate'),
    ];
    const positions = answers.map((answer) => positionOf(answer)['connect-position']!);
    expect(positions.every(Boolean)).toBe(true);
    expect(positions).toEqual([...new Set(positions)].sort());
    const entries = await source.client.history(id);
    expect(entries.map(({ attributes }) => attributes.position as string)).toEqual(positions);
  });

  it('is on no refusal and on no dry run', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    const answers = [
      await source.client.step(id, 'activate'),
      await source.client.step(id, 'reactivate'),
      await destination.client.post(`/connect/connections/${id}/activate?dry-run=true`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 409, 200]);
    expect(answers.map(positionOf)).toEqual([{}, {}, {}]);
  });

  it('shows a read everything that was written by then, by whomever, while much is being written', async () => {
    const pairs = await Promise.all(Array.from({ length: 25 }, () => newPair(service.platform)));
    await Promise.all(
      pairs.map(async ({ source, destination }) => {
        const created = await source.client.create(destination.id);
        const id = created.body.data.id as string;
        const seen: Answer[] = [];
        for (const [verb, by, reader] of [
          ['activate', destination, source],
          ['deactivate', source, destination],
          ['reactivate', source, destination],
          ['activate', destination, source],
        ] as const) {
          const answer = await by.client.step(id, verb);
          const headers = positionOf(answer);
          const [one, list] = await Promise.all([
            reader.client.get(`/connect/connections/${id}`, { headers }),
            reader.client.get('/connect/connections', { headers }),
          ]);
          expect(one.body.data.attributes).toEqual(answer.body.data.attributes);
          expect(list.body.data).toEqual([one.body.data]);
          seen.push(answer);
        }
        expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      }),
    );
  });

  it('that nothing has reached is answered with 503 and a time to come back', async () => {
    const { source, id } = await newConnection(service.platform, 'pending');
    const headers = { 'connect-position': '9'.repeat(16) };
    const answers = await Promise.all([
      source.client.get(`/connect/connections/${id}`, { headers }),
      source.client.get('/connect/connections', { headers }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.body.errors).toMatchObject([{ code: 'not-yet-visible', source: { header: 'Connect-Position' } }]);
    }
    expect((await source.client.retrieve(id)).status).toBe(200);
  });

  it.each(['', 'x', '-1', '1.5', '0x10', '1 2', '9'.repeat(65)])('%j is malformed', async (position) => {
    const { demo } = service;
    const source = new Client(demo.url, demo.source.key);
    const answer = await source.get('/connect/connections', { headers: { 'connect-position': position } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ code: 'invalid-header', source: { header: 'Connect-Position' } }]);
  });

  it('is asked for only after the caller is known', async () => {
    const nobody = new Client(service.url, null);
    const answer = await nobody.get('/connect/connections', { headers: { 'connect-position': '9'.repeat(16) } });
    expect(answer.status).toBe(401);
  });
});
