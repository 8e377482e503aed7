import { type Answer, Client, newConnection, newOrganization, newPair, type Pair } from '../support/client';
import { TestedService } from '../support/tested-service';

const PATH = '/connect/share-checks';

/** A resource that names its type is right as well, and goes the long way. */
const typed = (attributes: object): object => ({ type: 'connect/share-checks', attributes });
const plain = (attributes: object): object => ({ attributes });

/** All of an answer but what no two answers have in common. */
const told = ({ status, headers, text }: Answer): unknown => {
  const own = ['date', 'request-id', 'ratelimit-remaining', 'ratelimit-reset'];
  return [status, [...headers].map(([name, value]) => (own.includes(name) ? name : `${name}: ${value}`)), text];
};

describe('a share check that takes the short way', () => {
  const service = new TestedService({ RATE_LIMIT_PER_MINUTE: '500' });
  let pairs: Record<'none' | 'pending' | 'active' | 'inactive' | 'itself', Pair>;
  beforeAll(async () => {
    const none = await newPair(service.platform);
    pairs = {
      none,
      pending: await newConnection(service.platform, 'pending'),
      active: await newConnection(service.platform, 'active'),
      inactive: await newConnection(service.platform, 'inactive'),
      itself: { source: none.source, destination: none.source },
    };
  });

  const questionOn = (pair: Pair, scopes: unknown = ['inquiry.read']): Record<string, unknown> => ({
    'source-organization-id': pair.source.id,
    'destination-organization-id': pair.destination.id,
    scopes,
  });

  /** The same asked both ways, each with headers. */
  async function expectTheSame(client: Client, questions: readonly object[], headers = {}): Promise<Answer> {
    const ask = (resource: (attributes: object) => object, isList: boolean): Promise<Answer> => {
      const data = questions.map(resource);
      return client.post(PATH, { body: { data: isList ? data : data[0] }, headers });
    };
    const short = await ask(plain, true);
    expect(told(short)).toEqual(told(await ask(typed, true)));
    // Of which every question is known by its text.
    expect(told(await ask(plain, true))).toEqual(told(short));
    for (const question of questions) {
      const [one, other] = [plain, typed].map((resource) => ({ data: resource(question) }));
      const [shortly, atLength] = [
        await client.post(PATH, { body: one, headers }),
        await client.post(PATH, { body: other, headers }),
      ];
      expect(told(shortly)).toEqual(told(atLength));
    }
    return short;
  }

  it.each(['kebab', 'camel', 'snake'])(
    'is answered to the byte as any other, with its keys in %s case',
    async (form) => {
      const questions = [
        ...Object.values(pairs).map((pair) => questionOn(pair)),
        questionOn(pairs.active, ['inquiry.read', 'account.read']),
        questionOn(pairs.active, ['case.read', 'inquiry.read']),
        questionOn(pairs.pending, ['case.read']),
      ];
      const { status, body } = await expectTheSame(service.platform, questions, { 'key-inflection': form });
      expect(status).toBe(200);
      expect(body.data.map(({ attributes }: { attributes: { reason: string } }) => attributes.reason)).toEqual([
        'no-connection',
        'pending',
        'active',
        'inactive',
        'no-connection',
        'active',
        'scope-not-granted',
        'pending',
      ]);
    },
  );

  it('is answered so to strangers as well, and in the other media type', async () => {
    const stranger = await newOrganization(service.platform, 'Stranger');
    const types = { 'content-type': 'application/vnd.api+json' };
    const { headers } = await expectTheSame(stranger.client, [questionOn(pairs.active)], types);
    expect(headers.get('content-type')).toMatch(/^application\/vnd\.api\+json/);
    const accepting = { ...types, accept: 'application/json' };
    const answer = await expectTheSame(stranger.client, [questionOn(pairs.active)], accepting);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it.each(['kebab', 'camel'])('that cannot be answered is told so as any other is, in %s case', async (form) => {
    const unknown = { ...questionOn(pairs.active), 'destination-organization-id': 'org_Nobody' };
    const questions = [
      unknown,
      questionOn(pairs.active, []),
      questionOn(pairs.active, ['inquiry.read', 'inquiry.read', 'no.such', 'nor "this"']),
      { ...unknown, scopes: Array.from({ length: 12 }, (_, n) => `s${n}`) },
      questionOn(pairs.active),
    ];
    const { body } = await expectTheSame(pairs.active.source.client, questions, { 'key-inflection': form });
    expect(body.data.map((one: { errors?: unknown[] }) => one.errors?.length)).toEqual([1, 1, 3, 10, undefined]);
  });

  it('is let in as any other is', async () => {
    const questions = [questionOn(pairs.active)];
    expect((await expectTheSame(new Client(service.url, null), questions)).status).toBe(401);
    expect((await expectTheSame(new Client(service.url, 'cx_1_1'), questions)).status).toBe(401);
    const limited = await newOrganization(service.platform, 'Limited');
    const ask = (): Promise<Answer> => limited.client.post(PATH, { body: { data: plain(questions[0]!) } });
    const left = async (): Promise<number> => Number((await ask()).headers.get('ratelimit-remaining'));
    const before = await left();
    expect(await left()).toBe(before - 1);
    while ((await ask()).status !== 429);
    const { status, headers } = await expectTheSame(limited.client, questions);
    expect([status, headers.has('retry-after')]).toEqual([429, true]);
  });

  it('does not look at what the URL asks for, which is refused', async () => {
    const answer = await service.platform.post(`${PATH}?dry-run=true`, {
      body: { data: plain(questionOn(pairs.active)) },
    });
    expect([answer.status, answer.body.errors?.[0]?.code]).toEqual([400, 'unknown-parameter']);
  });
});
