import { once } from 'node:events';
import { type Answer, Client, newConnection, newKey, newOrganization, newPair, type Pair } from '../support/client';
import { type RunningService, startService } from '../support/service';
import { race } from '../support/sharing-race';
import { temporaryFolder } from '../support/temporary-folder';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

const PATH = '/connect/share-checks';

type Question = Record<string, unknown>;

const questionOn = ({ source, destination }: Pair, ...scopes: string[]): Question => ({
  'source-organization-id': source.id,
  'destination-organization-id': destination.id,
  scopes: scopes.length > 0 ? scopes : ['inquiry.read'],
});
const ask = (client: Client, attributes: unknown): Promise<Answer> =>
  client.post(PATH, { body: { data: { attributes } } });
const askAll = (client: Client, all: readonly unknown[]): Promise<Answer> =>
  client.post(PATH, { body: { data: all.map((attributes) => ({ attributes })) } });
const told = ({ status, body }: Answer): unknown => [
  status,
  body.data?.attributes.allowed,
  body.data?.attributes.reason,
];
const problemsOf = ({ status, body }: Answer): unknown => [
  status,
  body.errors?.map((error: { code: string; source?: { pointer?: string } }) => [error.code, error.source?.pointer]),
];

describe('a share check', () => {
  const service = new TestedService({ LOG_LEVEL: 'info' });

  it('follows the whole lifecycle, and names the event that decided', async () => {
    const { source, destination } = await newPair(service.platform);
    const pair = { source, destination };
    const check = (): Promise<Answer> => ask(source.client, questionOn(pair));
    expect(await check()).toMatchObject({
      status: 200,
      body: {
        data: {
          type: 'connect/share-checks',
          attributes: {
            ...questionOn(pair),
            allowed: false,
            reason: 'no-connection',
            details: 'There is no connection; the source may create one.',
            'refused-scopes': ['inquiry.read'],
            'unblocked-by': { step: 'create', by: ['source'] },
            'connection-id': null,
            status: null,
            revision: null,
            hash: null,
            'event-id': null,
            since: null,
            'as-of': null,
          },
        },
      },
    });
    const id = (await source.client.create(destination.id)).body.data.id as string;
    expect((await check()).body.data.attributes).toMatchObject({
      allowed: false,
      reason: 'pending',
      details: 'The connection is pending; the destination may activate it.',
      'unblocked-by': { step: 'activate', by: ['destination'] },
      'connection-id': id,
      status: 'pending',
      revision: 0,
    });
    await destination.client.step(id, 'activate');
    const yes = (await check()).body.data.attributes;
    const history = await source.client.history(id);
    expect(yes).toMatchObject({
      allowed: true,
      reason: 'active',
      'refused-scopes': [],
      'unblocked-by': null,
      'connection-id': id,
      status: 'active',
      revision: 1,
      hash: history[1]?.attributes.hash,
      'event-id': `${id}@1`,
      since: history[1]?.attributes['occurred-at'],
    });
    await source.client.step(id, 'deactivate');
    expect((await check()).body.data.attributes).toMatchObject({
      allowed: false,
      reason: 'inactive',
      details: 'The connection is inactive; the source may reactivate it.',
      'unblocked-by': { step: 'reactivate', by: ['source'] },
      revision: 2,
    });
    await source.client.step(id, 'reactivate');
    expect(told(await check())).toEqual([200, false, 'pending']);
    await destination.client.step(id, 'activate');
    expect(told(await check())).toEqual([200, true, 'active']);
  });

  it('goes one way only, and is asked by either party, an auditor of one, or the platform', async () => {
    const pair = await newConnection(service.platform, 'active');
    const { source, destination } = pair;
    const auditor = await newKey(service.platform, source.id, 'auditor');
    const platformAuditor = await newKey(service.platform, null, 'platform-auditor');
    for (const client of [source.client, destination.client, auditor.client, service.platform, platformAuditor.client])
      expect(told(await ask(client, questionOn(pair)))).toEqual([200, true, 'active']);
    const back = questionOn({ source: destination, destination: source });
    expect(told(await ask(source.client, back))).toEqual([200, false, 'no-connection']);
  });

  it('refuses scopes that the connection is not about, and says which', async () => {
    const pair = await newConnection(service.platform, 'active');
    const answer = await ask(pair.source.client, questionOn(pair, 'case.read', 'inquiry.read', 'report.read'));
    expect(answer.body.data.attributes).toMatchObject({
      allowed: false,
      reason: 'scope-not-granted',
      'refused-scopes': ['case.read', 'report.read'],
      'unblocked-by': null,
      status: 'active',
    });
  });

  it.each(['pending', 'active', 'inactive'] as const)(
    'of strangers is answered as if there had never been a connection, when it is %s',
    async (status) => {
      const [there, never] = [await newConnection(service.platform, status), await newPair(service.platform)];
      const stranger = await newOrganization(service.platform, 'Stranger');
      const [seen, unseen] = await Promise.all(
        [there, never].map((pair) => ask(stranger.client, questionOn(pair, 'inquiry.read', 'case.read'))),
      );
      const shown = (answer: Answer | undefined, pair: Pair): string =>
        JSON.stringify([answer?.status, answer?.body])
          .replaceAll(pair.source.id, 'S')
          .replaceAll(pair.destination.id, 'D');
      expect(shown(seen, there)).toBe(shown(unseen, never));
      for (const past of [{ 'as-of': new Date().toISOString() }, { revision: 0 }, { revision: 99 }]) {
        const answer = await ask(stranger.client, { ...questionOn(there), ...past });
        expect(told(answer)).toEqual([200, false, 'no-connection']);
      }
    },
  );

  it('answers a hundred questions in their order, each with its own outcome', async () => {
    const [active, pending] = [
      await newConnection(service.platform, 'active'),
      await newConnection(service.platform, 'pending'),
    ];
    const questions = Array.from({ length: 100 }, (_, n) => questionOn(n % 3 === 0 ? pending : active));
    const answer = await askAll(service.platform, questions);
    expect(answer.status).toBe(200);
    expect(answer.body.data.map(({ attributes }: { attributes: { reason: string } }) => attributes.reason)).toEqual(
      questions.map((_, n) => (n % 3 === 0 ? 'pending' : 'active')),
    );
  });

  it('that cannot be answered takes its own place among others, which are answered all the same', async () => {
    const active = await newConnection(service.platform, 'active');
    const good = questionOn(active);
    const answer = await askAll(service.platform, [
      good,
      { ...good, scopes: [] },
      { ...good, 'destination-organization-id': 'org_Nobody' },
      { ...good, 'as-of': '2999-01-01T00:00:00Z' },
      'no object',
      { ...good, surprise: 1 },
      {
        sourceOrganizationId: active.source.id,
        destination_organization_id: active.destination.id,
        scopes: ['inquiry.read'],
      },
      good,
    ]);
    expect(answer.status).toBe(200);
    const outcomes = answer.body.data.map(
      (one: { attributes?: { allowed: boolean }; errors?: { code: string; source: { pointer: string } }[] }) =>
        one.attributes?.allowed ?? one.errors?.map(({ code, source }) => [code, source.pointer]),
    );
    expect(outcomes).toEqual([
      true,
      [['no-scopes', '/data/1/attributes/scopes']],
      [['unknown-organization', '/data/2/attributes/destination-organization-id']],
      [['invalid-attribute', '/data/3/attributes/as-of']],
      expect.arrayContaining([['malformed-body', '/data/4/attributes']]),
      [['unknown-attribute', '/data/5/attributes/surprise']],
      true,
      true,
    ]);
  });

  it('of which everything is wrong is told ten problems among others, and how many more there are', async () => {
    const good = questionOn(await newPair(service.platform));
    const wrong = (scopes: number): Question => ({
      ...good,
      scopes: Array.from({ length: scopes }, (_, n) => `s${n}`),
    });
    const { body } = await askAll(service.platform, [wrong(100), wrong(11), wrong(10)]);
    const told = body.data.map(({ errors }: { errors: { details: string }[] }) => [
      errors.length,
      /\(.*\)/.exec(errors[9]!.details)?.[0],
    ]);
    expect(told).toEqual([
      [10, '(90 more problems of this question not shown.)'],
      [10, '(One more problem of this question not shown.)'],
      [10, undefined],
    ]);
    expect((await ask(service.platform, wrong(100))).body.errors).toHaveLength(100);
  });

  it('of an organization with itself says that there is no connection, and that none can be created', async () => {
    const { source } = await newPair(service.platform);
    const answer = await ask(service.platform, questionOn({ source, destination: source }));
    expect(answer.body.data.attributes).toMatchObject({
      allowed: false,
      reason: 'no-connection',
      details: 'There is no connection, and an organization cannot connect to itself.',
      'unblocked-by': null,
    });
  });

  it.each<[string, (good: Question) => unknown, unknown]>([
    ['without scopes', ({ scopes: _, ...rest }) => rest, [422, [['missing-attribute', '/data/attributes/scopes']]]],
    ['of no scopes', (good) => ({ ...good, scopes: [] }), [422, [['no-scopes', '/data/attributes/scopes']]]],
    [
      'of a scope twice',
      (good) => ({ ...good, scopes: ['inquiry.read', 'inquiry.read'] }),
      [422, [['repeated-scope', '/data/attributes/scopes/1']]],
    ],
    [
      'of an unknown scope',
      (good) => ({ ...good, scopes: ['all'] }),
      [422, [['unknown-scope', '/data/attributes/scopes/0']]],
    ],
    [
      'of scopes that are no list',
      (good) => ({ ...good, scopes: 'inquiry.read' }),
      [422, [['invalid-attribute', '/data/attributes/scopes']]],
    ],
    [
      'of an id with another prefix',
      (good) => ({ ...good, 'source-organization-id': 'cxn_1' }),
      [422, [['invalid-attribute', '/data/attributes/source-organization-id']]],
    ],
    [
      'of an organization that nobody knows',
      (good) => ({ ...good, 'source-organization-id': 'org_Nobody' }),
      [422, [['unknown-organization', '/data/attributes/source-organization-id']]],
    ],
    [
      'of the future',
      (good) => ({ ...good, 'as-of': '2999-01-01T00:00:00Z' }),
      [422, [['invalid-attribute', '/data/attributes/as-of']]],
    ],
    [
      'of no date',
      (good) => ({ ...good, 'as-of': 'yesterday' }),
      [422, [['invalid-attribute', '/data/attributes/as-of']]],
    ],
    [
      'of a moment and a revision',
      (good) => ({ ...good, 'as-of': '2026-06-01T00:00:00Z', revision: 0 }),
      [422, [['invalid-attribute', '/data/attributes/revision']]],
    ],
    [
      'of half a revision',
      (good) => ({ ...good, revision: 0.5 }),
      [422, [['invalid-attribute', '/data/attributes/revision']]],
    ],
    [
      'of a revision in words',
      (good) => ({ ...good, revision: '0' }),
      [422, [['invalid-attribute', '/data/attributes/revision']]],
    ],
    [
      'with an attribute too many',
      (good) => ({ ...good, allowed: true }),
      [400, [['unknown-attribute', '/data/attributes/allowed']]],
    ],
    ['of a number', () => 7, [400, [['malformed-body', '/data/attributes']]]],
  ])('%s is refused', async (_, change, expected) => {
    const pair = await newPair(service.platform);
    const answer = await ask(pair.source.client, change(questionOn(pair)));
    const [status, problems] = problemsOf(answer) as [number, unknown[]];
    expect([status, problems.slice(0, 1)]).toEqual(expected);
  });

  it.each([
    ['no check', 0],
    ['more than a hundred', 101],
  ])('of %s in a list is refused whole', async (_, count) => {
    const pair = await newPair(service.platform);
    const answer = await askAll(pair.source.client, Array(count).fill(questionOn(pair)));
    expect(problemsOf(answer)).toEqual([422, [['invalid-attribute', '/data']]]);
    expect(answer.body.errors[0].details).toContain(String(count));
  });

  it('needs a key, and is not repeated by one that was used before', async () => {
    const pair = await newConnection(service.platform, 'active');
    expect((await ask(new Client(service.url, null), questionOn(pair))).status).toBe(401);
    const again = (): Promise<Answer> =>
      pair.source.client.post(PATH, {
        headers: { 'idempotency-key': 'the same' },
        body: { data: { attributes: questionOn(pair) } },
      });
    expect(told(await again())).toEqual([200, true, 'active']);
    await pair.destination.client.step(pair.id, 'deactivate');
    expect(told(await again())).toEqual([200, false, 'inactive']);
  });

  it('answers for a past moment, and by which event', async () => {
    const pair = await newConnection(service.platform, 'inactive');
    const times = (await pair.source.client.history(pair.id)).map(
      ({ attributes }) => attributes['occurred-at'] as string,
    );
    const then = async (asOf: string): Promise<unknown> => {
      const { attributes } = (await ask(pair.source.client, { ...questionOn(pair), 'as-of': asOf })).body.data;
      return [attributes.allowed, attributes.reason, attributes['event-id'], attributes['as-of']];
    };
    const before = new Date(Date.parse(times[0]!) - 1).toISOString();
    expect(await then(before)).toEqual([false, 'no-connection', null, before]);
    for (const [revision, time] of times.entries()) {
      // Several events may lie within one millisecond; the last of them counts.
      const last = times.lastIndexOf(time);
      const expected = [
        [false, 'pending'],
        [true, 'active'],
        [false, 'inactive'],
      ][last]!;
      expect(await then(time)).toEqual([...expected, `${pair.id}@${last}`, time]);
      expect(revision).toBeLessThanOrEqual(last);
    }
  });

  it('answers for a past revision, and by which event', async () => {
    const pair = await newConnection(service.platform, 'inactive');
    const then = async (revision: number): Promise<unknown> => {
      const { attributes } = (await ask(pair.destination.client, { ...questionOn(pair), revision })).body.data;
      return [attributes.allowed, attributes.reason, attributes['event-id'], attributes.revision, attributes['as-of']];
    };
    expect(await then(0)).toEqual([false, 'pending', `${pair.id}@0`, 0, null]);
    expect(await then(1)).toEqual([true, 'active', `${pair.id}@1`, 1, null]);
    expect(await then(2)).toEqual([false, 'inactive', `${pair.id}@2`, 2, null]);
    const never = await ask(pair.destination.client, { ...questionOn(pair), revision: 3 });
    expect(problemsOf(never)).toEqual([404, [['not-then', '/data/attributes/revision']]]);
    const among = await askAll(pair.source.client, [{ ...questionOn(pair), revision: 9 }, questionOn(pair)]);
    expect(among.body.data).toMatchObject([
      { errors: [{ code: 'not-then', source: { pointer: '/data/0/attributes/revision' } }] },
      { attributes: { reason: 'inactive' } },
    ]);
    const without = await newPair(service.platform);
    expect(told(await ask(without.source.client, { ...questionOn(without), revision: 0 }))).toEqual([
      200,
      false,
      'no-connection',
    ]);
  });

  it('is counted by its reason and written to the log', async () => {
    const pair = await newConnection(service.platform, 'pending');
    const count = async (): Promise<number> => {
      const { text } = await new Client(service.url, null).get('/metrics');
      return Number(/^share_checks_total\{reason="pending"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const before = await count();
    const answer = await ask(pair.source.client, questionOn(pair));
    expect(await count()).toBe(before + 1);
    const requestId = answer.headers.get('request-id')!;
    const line = (): string | undefined =>
      service
        .log()
        .split('\n')
        .find((one) => one.includes(requestId) && one.endsWith('"msg":"share check"}'));
    // What it writes may come later than what it answers after that.
    await until('its log tells the decision', () => line() !== undefined);
    expect(JSON.parse(line()!)).toMatchObject({
      organization: pair.source.id,
      sourceOrganizationId: pair.source.id,
      destinationOrganizationId: pair.destination.id,
      scopes: ['inquiry.read'],
      allowed: false,
      reason: 'pending',
      connection: pair.id,
      revision: 0,
      requestId,
    });
  });
});

describe('a share check that nobody could account for', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('is not answered while its decision cannot be written, and everything else goes on', async () => {
    const service = await startService(folder.path, { LOG_LEVEL: 'info' });
    try {
      const platform = new Client(service.demo.url, service.demo.platform.key);
      const pair = await newConnection(platform, 'active');
      expect((await ask(pair.source.client, questionOn(pair))).status).toBe(200);
      // Who reads the log goes away.
      service.process.stderr!.destroy();
      await once(service.process.stderr!, 'close');
      for (const question of [questionOn(pair), questionOn(pair)]) {
        const refused = await ask(pair.source.client, question);
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
        expect(refused.body.errors).toMatchObject([{ code: 'unavailable' }]);
        expect(refused.body.errors[0].details).toContain('log of decisions');
      }
      const late = await pair.source.client.step(pair.id, 'deactivate', { reason: 'Over' });
      expect(late.status).toBe(200);
      expect((await pair.source.client.retrieve(pair.id, late)).body.data.attributes.status).toBe('inactive');
    } finally {
      await service.stop();
    }
  });
});

/** How long deactivations race with checks, in milliseconds. */
const RACE = Number(process.env['SHARING_RACE_SECONDS'] ?? 10) * 1_000;

describe('share checks on several instances', () => {
  const folder = temporaryFolder();
  const services: RunningService[] = [];
  beforeAll(async () => {
    services.push(await startService(folder.path));
    services.push(await startService(folder.path));
  });
  afterAll(async () => {
    for (const service of services) await service.stop();
    folder.remove();
  });

  it(
    'never say yes after a deactivation was answered, whichever instance is asked',
    async () => {
      const platform = new Client(services[0]!.demo.url, services[0]!.demo.platform.key);
      const pair = await newConnection(platform, 'active');
      const contenders = services.map(({ demo: { url } }) => {
        const [source, destination] = [new Client(url, pair.source.key), new Client(url, pair.destination.key)];
        const taken = (answer: Answer): void => {
          if (answer.status !== 200) throw new Error(`A step was answered ${answer.status}: ${answer.text}`);
        };
        let asked = 0;
        return {
          // One at a time, and a hundred at once in between.
          async check() {
            asked += 1;
            const questions = Array<Question>(asked % 4 === 0 ? 100 : 1).fill(questionOn(pair));
            const { body } = await askAll(source, questions);
            const answers = body.data as { attributes: { allowed: boolean } }[];
            return answers.length === questions.length && answers.every(({ attributes }) => attributes.allowed);
          },
          activate: async () => taken(await destination.step(pair.id, 'activate')),
          deactivate: async () => taken(await source.step(pair.id, 'deactivate')),
          reactivate: async () => taken(await source.step(pair.id, 'reactivate')),
        };
      });
      const end = Date.now() + RACE;
      const { rounds, checks, ...wrong } = await race(contenders, 8, () => Date.now() > end);
      expect(wrong).toEqual({ staleYes: 0, staleNo: 0 });
      expect(rounds).toBeGreaterThan(2);
      expect(checks).toBeGreaterThan(rounds * 4);
    },
    RACE + 30_000,
  );
});
