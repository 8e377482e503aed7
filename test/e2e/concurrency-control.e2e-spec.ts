import { newConnection, type Pair } from '../support/client';
import { TestedService } from '../support/tested-service';

describe('ETag and If-Match', () => {
  const service = new TestedService();
  let connection: Pair & { readonly id: string };
  // Active, at revision 1.
  beforeEach(async () => (connection = await newConnection(service.platform, 'active')));

  const deactivate = (ifMatch: string, query = '') =>
    connection.source.client.post(`/connect/connections/${connection.id}/deactivate${query}`, {
      headers: { 'if-match': ifMatch },
    });
  const length = async (): Promise<number> => (await connection.source.client.history(connection.id)).length;

  it('every command and every retrieval carries the revision as its tag', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    expect((await source.client.retrieve(id)).headers.get('etag')).toBe('"0"');
    const activated = await destination.client.step(id, 'activate');
    expect(activated.headers.get('etag')).toBe('"1"');
    expect((await source.client.retrieve(id, activated)).headers.get('etag')).toBe('"1"');
  });

  it.each([
    ['the present tag', '"1"'],
    ['a list that holds it', '"0", "1"'],
    ['a list that holds it, with a weak one', 'W/"1","1"'],
    ['any', '*'],
  ])('%s lets the command through', async (_, tag) => {
    const answer = await deactivate(tag);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"2"');
  });

  it.each([
    ['an older tag', '"0"'],
    ['a newer tag', '"2"'],
    ['a list without the present one', '"0", "7"'],
    ['the present tag, but weak', 'W/"1"'],
    ['a tag that is no revision', '"one"'],
    ['an empty tag', '""'],
    ['the present revision in another writing', '"01"'],
  ])('%s is refused with the present revision, and nothing is written', async (_, tag) => {
    for (const query of ['?dry-run=true', '']) {
      const answer = await deactivate(tag, query);
      expect(answer.status).toBe(412);
      expect(answer.body.errors).toMatchObject([
        { code: 'stale-revision', source: { header: 'If-Match' }, meta: { revision: 1, status: 'active' } },
      ]);
    }
    expect(await length()).toBe(2);
  });

  it.each(['1', 'one', '"1', 'W/1', '"0" "1"', '"0",', '*, "1"', ''])('%j is malformed', async (tag) => {
    const answer = await deactivate(tag);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ code: 'invalid-header', source: { header: 'If-Match' } }]);
    expect(await length()).toBe(2);
  });

  it('the wrong party hears that it is not its step, whatever the tag', async () => {
    const { source, destination, id } = connection;
    for (const tag of ['"0"', '"1"', '*']) {
      const activated = await source.client.step(id, 'activate', {}, { 'if-match': tag });
      const reactivated = await destination.client.step(id, 'reactivate', {}, { 'if-match': tag });
      expect([activated, reactivated].map(({ status, body }) => [status, body.errors[0].code])).toEqual([
        [403, 'not-permitted'],
        [403, 'not-permitted'],
      ]);
    }
  });

  it('of two who decided upon the same revision, one is told to look again', async () => {
    const { source, destination, id } = connection;
    const answers = await Promise.all(
      [source, destination].map(({ client }) => client.step(id, 'deactivate', {}, { 'if-match': '"1"' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const late = answers.find(({ status }) => status === 412)!;
    expect(late.body.errors[0].meta).toEqual({ revision: 2, status: 'inactive' });
    expect(await length()).toBe(3);
  });

  it('says stale rather than illegal when both are true', async () => {
    const answer = await connection.destination.client.step(connection.id, 'activate', {}, { 'if-match': '"0"' });
    expect(answer.status).toBe(412);
    const present = await connection.destination.client.step(connection.id, 'activate', {}, { 'if-match': '"1"' });
    expect(present.status).toBe(409);
  });
});
