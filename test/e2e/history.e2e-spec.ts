import { streamOf } from '@connections/connection/connection-id';
import { closeStores } from '@connections/host/stores';
import { expectedHash } from '@connections/event-store/hash-chain';
import {
  type Answer,
  Client,
  type HistoryEntry,
  newKey,
  newOrganization,
  newPair,
  type Pair,
  positionOf,
} from '../support/client';
import { CommandLine } from '../support/command-line';
import { storesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';

interface Moment {
  readonly answer: Answer;
  readonly status: string;
}

describe('the history of a connection', () => {
  const service = new TestedService();
  let pair: Pair;
  let id: string;
  /** Everything that was answered on the way, in order. */
  let moments: Moment[];
  let history: HistoryEntry[];
  let beforehand: string;
  beforeAll(async () => {
    pair = await newPair(service.platform);
    beforehand = new Date().toISOString();
    const { source, destination } = pair;
    moments = [];
    const take = async (status: string, ask: () => Promise<Answer>): Promise<void> => {
      // No two events in one millisecond, so that each moment has a state of its own.
      const latest = (moments.at(-1)?.answer.body.data.attributes['updated-at'] as string | undefined) ?? beforehand;
      while (new Date().toISOString() <= latest);
      const answer = await ask();
      expect(answer.body.data.attributes.status).toBe(status);
      moments.push({ answer, status });
      id = answer.body.data.id as string;
    };
    await take('pending', () => source.client.create(destination.id, { name: 'Replayed' }));
    await take('active', () => destination.client.step(id, 'activate'));
    await take('inactive', () => destination.client.step(id, 'deactivate', { reason: 'Under review.' }));
    await take('pending', () => source.client.step(id, 'reactivate', { reason: 'Reviewed.' }));
    await take('active', () => destination.client.step(id, 'activate'));
    await take('inactive', () => source.client.step(id, 'deactivate'));
    await source.client.retrieve(id, moments.at(-1)?.answer);
    history = await source.client.history(id);
  });

  it('tells what happened, oldest first, by whom and why', () => {
    const told = history.map(({ attributes }) => [
      attributes.event,
      attributes['from-status'],
      attributes['to-status'],
      attributes.actor.role,
      attributes.reason,
    ]);
    expect(told).toEqual([
      ['ConnectionCreated', null, 'pending', 'source', null],
      ['ConnectionActivated', 'pending', 'active', 'destination', null],
      ['ConnectionDeactivated', 'active', 'inactive', 'destination', 'Under review.'],
      ['ConnectionReturnedToPending', 'inactive', 'pending', 'source', 'Reviewed.'],
      ['ConnectionActivated', 'pending', 'active', 'destination', null],
      ['ConnectionDeactivated', 'active', 'inactive', 'source', null],
    ]);
  });

  it('names the credential, the organization and the request behind each event', () => {
    for (const [index, { attributes }] of history.entries()) {
      const { answer } = moments[index]!;
      expect(attributes['request-id']).toBe(answer.headers.get('request-id'));
      expect(attributes['occurred-at']).toBe(answer.body.data.attributes['updated-at']);
      expect(attributes.actor).toMatchObject({
        type: 'api-key',
        id: expect.stringMatching(/^api_/),
        'organization-id': pair[attributes.actor.role as 'source' | 'destination'].id,
      });
    }
    expect(history[0]?.attributes.actor.id).toBe(moments[0]?.answer.body.data.attributes['creator-id']);
  });

  it('has ids that are its place in the connection', () => {
    expect(
      history.map((entry) => [entry.type, entry.id, entry.attributes.revision, entry.attributes['connection-id']]),
    ).toEqual(Array.from({ length: 6 }, (_, revision) => ['connect/events', `${id}@${revision}`, revision, id]));
  });

  it('is the same for both parties and for auditors', async () => {
    const auditors = await Promise.all([
      newKey(service.platform, pair.source.id, 'auditor'),
      newKey(service.platform, pair.destination.id, 'auditor'),
    ]);
    const viewers = [
      pair.destination.client,
      ...auditors.map(({ client }) => client),
      service.platform,
      new Client(service.url, service.demo.auditor.key),
    ];
    for (const viewer of viewers) expect(await viewer.history(id)).toEqual(history);
  });

  it.each([1, 2, 4, 5, 6, 100])('comes in pages of %i', async (size) => {
    const pages: HistoryEntry[][] = [];
    let path: string | null = `/connect/connections/${id}/events?page[size]=${size}`;
    while (path !== null) {
      const page: Answer = await pair.source.client.get(path);
      pages.push(page.body.data as HistoryEntry[]);
      path = page.body.links.next as string | null;
    }
    expect(pages.flat()).toEqual(history);
    expect(pages).toHaveLength(Math.ceil(history.length / size));
  });

  it('comes newest first where that is asked for, on pages that say so themselves', async () => {
    const found: HistoryEntry[] = [];
    let path: string | null = `/connect/connections/${id}/events?sort=-occurred-at&page[size]=4`;
    while (path !== null) {
      const page: Answer = await pair.destination.client.get(path);
      found.push(...(page.body.data as HistoryEntry[]));
      path = page.body.links.next as string | null;
    }
    expect(found).toEqual([...history].reverse());
  });

  it.each([
    ['an order that there is not', 'sort=-revision', 'invalid-parameter', 'sort'],
    ['a place in the other order', 'sort=-occurred-at&page[after]=', 'invalid-cursor', 'page[after]'],
  ])('is refused in %s', async (_, query, code, parameter) => {
    const events = `/connect/connections/${id}/events`;
    const { next } = (await pair.source.client.get(`${events}?page[size]=2`)).body.links;
    const cursor = new URLSearchParams((next as string).split('?')[1]).get('page[after]') ?? '';
    const answer = await pair.source.client.get(`${events}?${query.replace(/=$/, `=${cursor}`)}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ code, source: { parameter } }]);
  });

  it('is chained: each event carries the hash of the one before, over what is stored', async () => {
    const stores = await storesOf(service.folder);
    const hashes: string[] = [];
    for await (const event of stores.eventStore.read(streamOf(id))) hashes.push(expectedHash(event));
    await closeStores(stores);
    expect(new Set(hashes).size).toBe(history.length);
    expect(history.map(({ attributes }) => attributes.hash as string)).toEqual(hashes);
    expect(history.map(({ attributes }) => attributes['previous-hash'] as string | null)).toEqual([
      null,
      ...hashes.slice(0, -1),
    ]);
  });

  it('says it in sentences too, with the names of the organizations', () => {
    const { source, destination } = pair;
    const keyOf = (revision: number): string => history[revision]!.attributes.actor.id as string;
    const momentOf = (revision: number): string => history[revision]!.attributes['occurred-at'] as string;
    expect(source.id).not.toBe(destination.id);
    expect(history.map(({ attributes }) => attributes.summary)).toEqual(
      [
        'Source (source) created a connection named "Replayed" to Destination (destination) for inquiry.read and account.read',
        'Destination (destination) activated the connection',
        'Destination (destination) deactivated the connection for the reason "Under review."',
        'Source (source) returned the connection to pending for the reason "Reviewed."',
        'Destination (destination) activated the connection',
        'Source (source) deactivated the connection',
      ].map((deed, revision) => `${deed} with key ${keyOf(revision)} at ${momentOf(revision)}.`),
    );
  });

  it('stays the same to the letter when the read model is rebuilt', async () => {
    const cli = new CommandLine(service.folder);
    await cli.ask('projection', 'rebuild');
    expect(await pair.source.client.history(id)).toEqual(history);
    const told = await cli.ask('connection', 'history', id);
    expect(told.data).toEqual(history);
  });

  describe('with a filter', () => {
    const momentOf = (revision: number): string => history[revision]!.attributes['occurred-at'] as string;
    const justAfter = (revision: number): string => new Date(Date.parse(momentOf(revision)) + 1).toISOString();
    const revisionsOf = async (filter: Record<string, string>, size: number): Promise<number[]> => {
      const found: number[] = [];
      const query = new URLSearchParams({ ...filter, 'page[size]': String(size) }).toString();
      let path: string | null = `/connect/connections/${id}/events?${query}`;
      while (path !== null) {
        const page: Answer = await pair.destination.client.get(path);
        expect(page.status).toBe(200);
        const entries = page.body.data as HistoryEntry[];
        expect(entries).toEqual(entries.map(({ attributes }) => history[attributes.revision as number]));
        found.push(...entries.map(({ attributes }) => attributes.revision as number));
        path = page.body.links.next as string | null;
      }
      return found;
    };

    it.each<[string, () => Record<string, string>, number[]]>([
      ['one event', () => ({ 'filter[event]': 'ConnectionActivated' }), [1, 4]],
      ['two', () => ({ 'filter[event]': 'ConnectionCreated,ConnectionReturnedToPending' }), [0, 3]],
      ['an organization', () => ({ 'filter[actor]': pair.destination.id }), [1, 2, 4]],
      ['a key', () => ({ 'filter[actor]': history[0]!.attributes.actor.id as string }), [0, 3, 5]],
      ['nobody who was there', () => ({ 'filter[actor]': 'org_NOBODY' }), []],
      ['a start, itself included', () => ({ 'filter[occurred-at-start]': momentOf(3) }), [3, 4, 5]],
      ['an end, itself included', () => ({ 'filter[occurred-at-end]': momentOf(3) }), [0, 1, 2, 3]],
      [
        'both, with an end before the start',
        () => ({ 'filter[occurred-at-start]': momentOf(3), 'filter[occurred-at-end]': momentOf(2) }),
        [],
      ],
      [
        'all of them, in another casing',
        () => ({
          'filter[event]': 'ConnectionActivated,ConnectionDeactivated',
          'filter[actor]': pair.destination.id,
          'filter[occurredAtStart]': justAfter(0),
          'filter[occurred_at_end]': momentOf(3),
        }),
        [1, 2],
      ],
    ])('by %s, has what is asked for on pages of any size', async (_, filter, revisions) => {
      for (const size of [1, 2, 100]) expect([size, await revisionsOf(filter(), size)]).toEqual([size, revisions]);
    });

    it.each([
      ['filter[event]', 'ConnectionDeleted', 'ConnectionCreated, ConnectionActivated'],
      ['filter[event]', 'ConnectionActivated,', 'comma-separated'],
      ['filter[event]', '', 'comma-separated'],
      ['filter[actor]', 'somebody', 'api_ABC123 or org_DEF456'],
      ['filter[actor]', '', 'api_ABC123 or org_DEF456'],
      ['filter[occurred-at-start]', 'yesterday', 'ISO 8601'],
      ['filter[occurred-at-end]', '2026-02-30T00:00:00Z', 'ISO 8601'],
    ])('%s=%s is refused', async (parameter, value, details) => {
      const query = new URLSearchParams({ [parameter]: value }).toString();
      const answer = await pair.source.client.get(`/connect/connections/${id}/events?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([
        {
          code: 'invalid-parameter',
          source: { parameter },
          details: expect.stringContaining(details) as string,
        },
      ]);
    });

    it('tells a stranger nothing', async () => {
      const stranger = new Client(service.url, service.demo.third.key);
      for (const connection of [id, 'cxn_NOBODY']) {
        const answer = await stranger.get(`/connect/connections/${connection}/events?filter[event]=ConnectionCreated`);
        expect([answer.status, answer.body.errors[0].code]).toEqual([404, 'not-found']);
      }
    });
  });

  describe('compared at two times', () => {
    const compare = (query: Record<string, string>, client = pair.source.client): Promise<Answer> =>
      client.get(`/connect/connections/${id}/diff?${new URLSearchParams(query).toString()}`);
    const momentOf = (revision: number): string => history[revision]!.attributes['occurred-at'] as string;
    const endAt = (revision: number): object => ({
      revision,
      'updated-at': momentOf(revision),
      hash: history[revision]!.attributes.hash as string,
    });

    it('tells what changed, attribute by attribute, and what happened in between', async () => {
      const { status, body } = await compare({ from: '1', to: '2' });
      expect(status).toBe(200);
      expect(body).toEqual({
        data: {
          type: 'connect/diffs',
          attributes: {
            'connection-id': id,
            from: endAt(1),
            to: endAt(2),
            changes: [
              { attribute: 'status', from: 'active', to: 'inactive' },
              { attribute: 'deactivated-by', from: null, to: 'destination' },
              { attribute: 'updated-at', from: momentOf(1), to: momentOf(2) },
            ],
            events: [history[2]],
          },
        },
        links: { events: null },
      });
    });

    it('is the same by moments, by both, and for both parties', async () => {
      const { body } = await compare({ from: '0', to: '3' });
      const same = [
        await compare({ from: momentOf(0), to: momentOf(3) }),
        await compare({ from: momentOf(0), to: '3' }),
        await compare({ from: '0', to: momentOf(3) }, pair.destination.client),
        await compare({ from: '0', to: momentOf(3).replace('Z', '+00:00') }, service.platform),
      ];
      expect(same.map((answer) => answer.body as unknown)).toEqual(same.map(() => body));
      expect(body.data.attributes.changes).toEqual([{ attribute: 'updated-at', from: momentOf(0), to: momentOf(3) }]);
      expect(body.data.attributes.events).toEqual(history.slice(1, 4));
    });

    it('ends with the present where no end is named', async () => {
      const { body } = await compare({ from: '4' });
      expect(body.data.attributes.to).toEqual(endAt(5));
      expect((await compare({ from: '5' })).body.data.attributes).toMatchObject({ changes: [], events: [] });
    });

    it('begins with nothing before it was created', async () => {
      const { attributes } = (await compare({ from: beforehand, to: '0' })).body.data;
      expect(attributes).toMatchObject({ from: null, to: endAt(0), events: [history[0]] });
      const created = moments[0]!.answer.body.data.attributes as Record<string, unknown>;
      expect(attributes.changes).toEqual(
        Object.entries(created).map(([attribute, to]) => ({ attribute, from: null, to })),
      );
      const never = (await compare({ from: '1970-01-01T00:00:00Z', to: beforehand })).body.data.attributes;
      expect(never).toMatchObject({ from: null, to: null, changes: [], events: [] });
    });

    it.each<[Record<string, string>, number, string, string]>([
      [{}, 400, 'invalid-parameter', 'from'],
      [{ from: 'yesterday' }, 400, 'invalid-parameter', 'from'],
      [{ from: '-1' }, 400, 'invalid-parameter', 'from'],
      [{ from: '0', to: '2026-02-30T00:00:00Z' }, 400, 'invalid-parameter', 'to'],
      [{ from: '0', to: '2999-01-01T00:00:00Z' }, 400, 'invalid-parameter', 'to'],
      [{ from: '2', to: '1' }, 400, 'invalid-parameter', 'to'],
      [{ from: '0', to: '6' }, 404, 'not-then', 'to'],
      [{ from: '6' }, 404, 'not-then', 'from'],
    ])('refuses %j', async (query, status, code, parameter) => {
      const answer = await compare(query);
      expect(answer.status).toBe(status);
      expect(answer.body.errors).toMatchObject([{ code, source: { parameter } }]);
    });
  });

  describe('of several connections', () => {
    it('brings back the list of each moment, with its statuses and what was filtered by them', async () => {
      const { source } = await newPair(service.platform);
      const partners = await Promise.all(['A', 'B', 'C'].map((name) => newOrganization(service.platform, name)));
      const times: string[] = [new Date().toISOString()];
      let last: Answer | undefined;
      const take = async (ask: () => Promise<Answer>): Promise<string> => {
        while (new Date().toISOString() <= times.at(-1)!);
        last = await ask();
        times.push(last.body.data.attributes['updated-at'] as string);
        return last.body.data.id as string;
      };
      const ids: string[] = [];
      for (const { id: partner } of partners) ids.push(await take(() => source.client.create(partner)));
      await take(() => partners[0]!.client.step(ids[0]!, 'activate'));
      await take(() => partners[1]!.client.step(ids[1]!, 'activate'));
      await take(() => partners[0]!.client.step(ids[0]!, 'deactivate'));
      const listed = async (asOf: string, more = '', client = source.client): Promise<unknown[]> => {
        const found: unknown[] = [];
        let path: string | null = `/connect/connections?as-of=${asOf}&page[size]=2${more}`;
        while (path !== null) {
          const page: Answer = await client.get(path, { headers: positionOf(last!) });
          expect(page.status).toBe(200);
          for (const { id: which, attributes, meta } of page.body.data) {
            found.push([ids.indexOf(which as string), attributes.status, attributes['deactivated-by'], meta.revision]);
            expect(meta['allowed-actions']).toEqual([]);
            expect(attributes).toEqual(
              (await client.get(`/connect/connections/${which}?as-of=${asOf}`)).body.data.attributes,
            );
          }
          path = page.body.links.next as string | null;
        }
        return found;
      };
      const [zero, one, two, three, four, five, six] = times as [string, ...string[]];
      expect(await listed(zero)).toEqual([]);
      expect(await listed(one!)).toEqual([[0, 'pending', null, 0]]);
      expect(await listed(new Date(Date.parse(two!) - 1).toISOString())).toEqual([[0, 'pending', null, 0]]);
      expect(await listed(three!)).toEqual([2, 1, 0].map((n) => [n, 'pending', null, 0]));
      expect(await listed(five!)).toEqual([
        [2, 'pending', null, 0],
        [1, 'active', null, 1],
        [0, 'active', null, 1],
      ]);
      expect(await listed(six!)).toEqual([
        [2, 'pending', null, 0],
        [1, 'active', null, 1],
        [0, 'inactive', 'destination', 2],
      ]);
      expect(await listed(five!, '&filter[status]=active')).toEqual([
        [1, 'active', null, 1],
        [0, 'active', null, 1],
      ]);
      expect(await listed(four!, '&filter[status]=inactive')).toEqual([]);
      expect(await listed(five!, '', partners[0]!.client)).toEqual([[0, 'active', null, 1]]);
      expect(await listed(six!, '', pair.destination.client)).not.toContainEqual([0, 'inactive', 'destination', 2]);
    });

    it.each(['2999-01-01T00:00:00Z', 'yesterday'])('refuses the list as of %s', async (asOf) => {
      const answer = await pair.source.client.get(`/connect/connections?as-of=${asOf}`);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ code: 'invalid-parameter', source: { parameter: 'as-of' } }]);
    });

    it('waits, as any list, for the position that is named', async () => {
      const headers = { 'connect-position': '9'.repeat(16) };
      const asOf = new Date().toISOString();
      const answer = await pair.source.client.get(`/connect/connections?as-of=${asOf}`, { headers });
      expect([answer.status, answer.body.errors[0].code]).toEqual([503, 'not-yet-visible']);
    });
  });

  describe('brings back', () => {
    const past = (query: string): Promise<Answer> => pair.source.client.get(`/connect/connections/${id}?${query}`);

    it('the state at each revision, and nothing to do in it', async () => {
      for (const [revision, { answer }] of moments.entries()) {
        const then = await past(`revision=${revision}`);
        expect(then.status).toBe(200);
        expect(then.headers.get('etag')).toBe(`"${revision}"`);
        expect(then.body.data.attributes).toEqual(answer.body.data.attributes);
        expect(then.body.data.meta).toMatchObject({ revision, role: 'source', 'allowed-actions': [] });
      }
    });

    it('the state at each moment, from its own millisecond to the last one before the next', async () => {
      for (const [revision, { answer }] of moments.entries()) {
        const { attributes } = answer.body.data;
        const from = attributes['updated-at'] as string;
        const next = moments[revision + 1]?.answer.body.data.attributes['updated-at'] as string | undefined;
        const until = next === undefined ? new Date() : new Date(Date.parse(next) - 1);
        for (const moment of [from, until.toISOString()]) {
          const then = await past(`as-of=${moment}`);
          expect([moment, then.body.data.meta]).toMatchObject([moment, { revision, 'allowed-actions': [] }]);
          expect(then.body.data.attributes).toEqual(attributes);
        }
      }
    });

    it('the same for a moment in another zone, and for every viewer', async () => {
      const moment = new Date(moments[1]!.answer.body.data.attributes['updated-at'] as string);
      const local = new Date(moment.getTime() - 5 * 3_600_000).toISOString().replace('Z', '-05:00');
      const query = new URLSearchParams({ 'as-of': local }).toString();
      for (const viewer of [pair.source.client, pair.destination.client, service.platform]) {
        const then = await viewer.get(`/connect/connections/${id}?${query}`);
        expect(then.body.data.attributes.status).toBe('active');
      }
    });

    it('nothing from before it was created', async () => {
      const created = moments[0]!.answer.body.data.attributes['created-at'] as string;
      for (const moment of [beforehand, new Date(Date.parse(created) - 1).toISOString(), '1970-01-01T00:00:00Z']) {
        const then = await past(`as-of=${moment}`);
        expect(then.status).toBe(404);
        expect(then.body.errors).toMatchObject([{ code: 'not-then', source: { parameter: 'as-of' } }]);
      }
    });

    it('nothing of a revision that it has not reached', async () => {
      const then = await past('revision=6');
      expect(then.status).toBe(404);
      expect(then.body.errors).toMatchObject([{ code: 'not-then', source: { parameter: 'revision' } }]);
    });

    it.each([
      ['the future', 'as-of=2999-01-01T00:00:00Z', 'as-of'],
      ['no moment', 'as-of=yesterday', 'as-of'],
      ['a moment without a zone', 'as-of=2026-06-01T00:00:00', 'as-of'],
      ['a day that there is not', 'as-of=2026-02-30T00:00:00Z', 'as-of'],
      ['no number', 'revision=one', 'revision'],
      ['a negative revision', 'revision=-1', 'revision'],
      ['half a revision', 'revision=0.5', 'revision'],
      ['a moment and a revision', 'as-of=2026-01-01T00:00:00Z&revision=0', 'revision'],
    ])('nothing of %s', async (_, query, parameter) => {
      const answer = await past(query);
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toMatchObject([{ code: 'invalid-parameter', source: { parameter } }]);
    });
  });
});
