import { type Answer, Client } from '../support/client';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';

const LIMIT = 5;

describe(`a limit of ${LIMIT} requests a minute`, () => {
  const folder = temporaryFolder();
  let service: RunningService;
  const start = async (): Promise<void> => {
    service = await startService(folder.path, { RATE_LIMIT_PER_MINUTE: String(LIMIT) });
  };
  // What was asked is kept in memory, so each test begins at none.
  beforeEach(start);
  afterEach(() => service.stop());
  afterAll(() => folder.remove());

  const third = (): Client => new Client(service.demo.url, service.demo.third.key);
  const destination = (): Client => new Client(service.demo.url, service.demo.destination.key);
  const limits = ({ headers }: Answer): (number | null)[] =>
    ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => {
      const value = headers.get(name);
      return value === null ? null : Number(value);
    });

  const exhaust = async (): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (let count = 0; count < LIMIT; count += 1) answers.push(await third().get('/organization'));
    return answers;
  };

  it('is told with every answer, and the next one is refused with the time to wait', async () => {
    const answers = await exhaust();
    for (const [index, answer] of answers.entries()) {
      const [limit, remaining, reset] = limits(answer);
      expect([answer.status, limit, remaining]).toEqual([200, LIMIT, LIMIT - 1 - index]);
      expect(reset).toBeGreaterThan(0);
      expect(reset).toBeLessThanOrEqual(60);
    }
    const refused = await third().get('/organization');
    expect(refused.status).toBe(429);
    expect(refused.body.errors).toMatchObject([{ status: '429', code: 'rate-limited' }]);
    const [limit, remaining, reset] = limits(refused);
    expect([limit, remaining]).toEqual([LIMIT, 0]);
    expect(refused.headers.get('retry-after')).toBe(String(reset));
    expect(reset).toBeGreaterThan(0);
  });

  it('is each key’s own', async () => {
    await exhaust();
    expect((await third().get('/organization')).status).toBe(429);
    const other = await destination().get('/organization');
    expect([other.status, limits(other)[1]]).toEqual([200, LIMIT - 1]);
  });

  it('counts refusals as well, and tells it with them', async () => {
    const answers = [
      await third().get('/connect/connections/cxn_1'),
      await third().get('/organizations'),
      await third().get('/connect/connections?nothing=1'),
    ];
    expect(answers.map((answer) => [answer.status, limits(answer)[1]])).toEqual([
      [404, LIMIT - 1],
      [403, LIMIT - 2],
      [400, LIMIT - 3],
    ]);
  });

  it('is not for those who are not let in, and not for operations', async () => {
    const nobody = new Client(service.demo.url, null);
    for (let count = 0; count < LIMIT + 1; count += 1) {
      const answers = await Promise.all([nobody.get('/organization'), nobody.get('/livez')]);
      expect(answers.map(({ status }) => status)).toEqual([401, 200]);
      expect(answers.flatMap(limits).every((value) => value === null)).toBe(true);
    }
  });

  it('holds for many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => third().get('/organization')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20 - LIMIT);
  });

  it('leaves nothing behind for a retry: a refused request is carried out later, under the same key', async () => {
    const headers = { 'idempotency-key': 'refused for its number' };
    const create = (): Promise<Answer> => third().create(service.demo.destination['organization-id'], {}, headers);
    await exhaust();
    expect((await create()).status).toBe(429);
    await service.stop();
    await start();
    const later = await create();
    expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([201, null]);
  });
});
