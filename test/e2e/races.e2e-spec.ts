import { chance } from '../support/chance';
import { type Answer, type HistoryEntry, newConnection, newKey, newPair, type Pair } from '../support/client';
import { legalSteps } from '../support/legal-steps';
import { TestedService } from '../support/tested-service';

const CLIENTS = 50;

/** Which statuses can truthfully be given as the reason for refusing a step. */
const refusing: Record<string, readonly string[]> = {
  activate: ['active', 'inactive'],
  deactivate: ['inactive'],
  reactivate: ['pending', 'active'],
};

const at = (index: number): string => `client ${index}`;

/** Throws unless each entry starts where the one before it ended, by a step that the guide knows. */
function expectLegalWalk(history: readonly HistoryEntry[]): void {
  let status: string | null = null;
  for (const [index, { attributes }] of history.entries()) {
    const { event, revision, actor } = attributes;
    const walked = [attributes['from-status'], event, actor.role, attributes['to-status']];
    expect(legalSteps).toContainEqual(walked);
    expect([revision, attributes['from-status']]).toEqual([index, status]);
    status = attributes['to-status'] as string;
  }
}

const counted = (answers: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe(`what ${CLIENTS} clients do at once`, () => {
  const service = new TestedService();

  const atOnce = (ask: (index: number) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: CLIENTS }, (_, index) => ask(index)));

  it.each([2, CLIENTS])('%i creates of one pair have one winner, and the others hear its id', async (count) => {
    const { source, destination } = await newPair(service.platform);
    const answers = await Promise.all(
      Array.from({ length: count }, (_, index) => source.client.create(destination.id, { name: at(index) })),
    );
    expect(counted(answers)).toEqual({ 201: 1, 409: count - 1 });
    const winner = answers.find(({ status }) => status === 201)!;
    const { id, attributes } = winner.body.data;
    for (const { status, body } of answers) {
      if (status !== 409) continue;
      expect(body.errors).toMatchObject([
        { code: 'already-connected', meta: { 'connection-id': id, status: 'pending' } },
      ]);
    }
    const history = await source.client.history(id as string);
    expect(history).toHaveLength(1);
    const retrieved = await source.client.retrieve(id as string, winner);
    expect(retrieved.body.data.attributes).toEqual(attributes);
  });

  it('creates in both directions do not disturb each other', async () => {
    const { source: one, destination: other } = await newPair(service.platform);
    const answers = await atOnce((index) =>
      index % 2 === 0 ? one.client.create(other.id) : other.client.create(one.id),
    );
    expect(counted(answers)).toEqual({ 201: 2, 409: CLIENTS - 2 });
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ body }) => body.data.attributes['source-organization-id'] as string))).toEqual(
      new Set([one.id, other.id]),
    );
  });

  it('activates have one winner, and the others hear that it is active', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    const answers = await atOnce(() => destination.client.step(id, 'activate'));
    expect(counted(answers)).toEqual({ 200: 1, 409: CLIENTS - 1 });
    for (const { status, body } of answers) {
      if (status !== 409) continue;
      expect(body.errors).toMatchObject([
        { code: 'illegal-transition', meta: { status: 'active', 'allowed-actions': ['deactivate'] } },
      ]);
    }
    expect(await source.client.history(id)).toHaveLength(2);
  });

  it('activate against deactivate: everybody hears the truth, and the history explains the end', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    const answers = await atOnce((index) =>
      index % 2 === 0 ? destination.client.step(id, 'activate') : source.client.step(id, 'deactivate'),
    );
    const activated = answers.filter(({ status }, index) => index % 2 === 0 && status === 200);
    const deactivated = answers.filter(({ status }, index) => index % 2 === 1 && status === 200);
    // Activated before it was deactivated, or never: inactive can only be left by a step that nobody takes here.
    expect(deactivated).toHaveLength(1);
    expect(activated.length).toBeLessThanOrEqual(1);
    for (const [index, { status, body }] of answers.entries()) {
      if (status === 200) continue;
      expect(status).toBe(409);
      const heard = body.errors[0].meta.status as string;
      expect(refusing[index % 2 === 0 ? 'activate' : 'deactivate']).toContain(heard);
      if (activated.length === 0) expect(heard).toBe('inactive');
    }
    const history = await source.client.history(id);
    expectLegalWalk(history);
    expect(history).toHaveLength(1 + activated.length + deactivated.length);
    const { attributes, meta } = (await source.client.retrieve(id, deactivated[0])).body.data;
    expect([attributes.status, attributes['deactivated-by'], meta.revision]).toEqual([
      'inactive',
      'source',
      history.length - 1,
    ]);
  });

  it('deactivations by both parties have one winner, and it is named', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'active');
    const answers = await atOnce((index) => (index % 2 === 0 ? source : destination).client.step(id, 'deactivate'));
    expect(counted(answers)).toEqual({ 200: 1, 409: CLIENTS - 1 });
    const winner = answers.findIndex(({ status }) => status === 200);
    const retrieved = await source.client.retrieve(id, answers[winner]);
    expect(retrieved.body.data.attributes['deactivated-by']).toBe(winner % 2 === 0 ? 'source' : 'destination');
  });

  describe.each([1, 20_260_601, Date.now() % 2 ** 32])('any commands of both parties (seed %i)', (seed) => {
    const ROUNDS = 6;
    let pair: Pair & { readonly id: string };
    let answers: { readonly verb: string; readonly role: string; readonly answer: Answer }[];
    let history: HistoryEntry[];
    beforeAll(async () => {
      pair = await newConnection(service.platform, 'pending');
      const { id, source, destination } = pair;
      const keys = await Promise.all(
        [source, destination]
          .flatMap((party) => [party, party])
          .map((party) => newKey(service.platform, party.id, 'member')),
      );
      const random = chance(seed);
      const plans = Array.from({ length: CLIENTS }, () =>
        Array.from({ length: ROUNDS }, () => ({
          caller: random(4),
          verb: ['activate', 'deactivate', 'reactivate'][random(3)]!,
        })),
      );
      answers = [];
      const run = async (plan: (typeof plans)[number]): Promise<void> => {
        for (const { caller, verb } of plan) {
          const answer = await keys[caller]!.client.step(id, verb);
          answers.push({ verb, role: caller < 2 ? 'source' : 'destination', answer });
        }
      };
      await Promise.all(plans.map(run));
      history = await source.client.history(id);
    });

    it('leave a history that is a legal walk', () => expectLegalWalk(history));

    it('are in the history exactly where they were answered', () => {
      const taken = answers.filter(({ answer }) => answer.status === 200);
      expect(taken.length).toBeGreaterThan(0);
      const revisions = taken.map(({ answer }) => answer.body.data.meta.revision as number).sort((a, b) => a - b);
      expect(revisions).toEqual(history.slice(1).map(({ attributes }) => attributes.revision as number));
      for (const { role, answer } of taken) {
        const { meta, attributes } = answer.body.data;
        expect(answer.headers.get('etag')).toBe(`"${meta.revision}"`);
        expect(history[meta.revision as number]?.attributes).toMatchObject({
          'to-status': attributes.status,
          'request-id': answer.headers.get('request-id'),
          actor: { role },
        });
      }
    });

    it('are refused truthfully', () => {
      for (const { verb, role, answer } of answers) {
        if (answer.status === 200) continue;
        const [{ code, meta }] = answer.body.errors;
        if (answer.status === 403) {
          expect([code, verb, role]).toEqual([
            'not-permitted',
            ...(role === 'source' ? ['activate', 'source'] : ['reactivate', 'destination']),
          ]);
        } else {
          expect([answer.status, code]).toEqual([409, 'illegal-transition']);
          expect(refusing[verb]).toContain(meta.status);
        }
      }
    });

    it('leave the read model where the history ends', async () => {
      const last = answers.reduce<Answer | undefined>((latest, { answer }) => {
        const position = answer.headers.get('connect-position') ?? '';
        return position > (latest?.headers.get('connect-position') ?? '') ? answer : latest;
      }, undefined);
      const { body } = await pair.source.client.retrieve(pair.id, last);
      expect(body.data.meta.revision).toBe(history.length - 1);
      expect(body.data.attributes.status).toBe(history.at(-1)?.attributes['to-status']);
    });
  });
});
