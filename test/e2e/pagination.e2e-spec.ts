import type { Client } from '../support/client';
import { type Answer, newOrganization, newPair, type Party, positionOf } from '../support/client';
import { TestedService } from '../support/tested-service';

const LIST = '/connect/connections';

interface Listed {
  readonly id: string;
  readonly attributes: { readonly name: string; readonly 'created-at': string };
}

const rowsOf = ({ body }: Answer): Listed[] => body.data as Listed[];
const positionIn = (answer: Answer): string => answer.headers.get('connect-position') ?? '';
const namesOf = (answer: Answer): string[] => rowsOf(answer).map(({ attributes }) => attributes.name);
const idsOf = (answer: Answer): string[] => rowsOf(answer).map(({ id }) => id);

/** Follows a link to its end, doing something between the pages. */
async function walk(
  client: Client,
  first: string,
  side: 'next' | 'prev',
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<Answer[]> {
  const pages: Answer[] = [];
  let path: string | null = first;
  while (path !== null) {
    const page: Answer = await client.get(path);
    expect(page.status).toBe(200);
    pages.push(page);
    await between(pages.length);
    path = page.body.links[side] as string | null;
  }
  return pages;
}

describe('the pages of a list', () => {
  const service = new TestedService();

  const organizations = (count: number): Promise<Party[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => newOrganization(service.platform, `Partner ${index}`)));

  describe('while connections are being added', () => {
    const THERE = 105;
    let source: Party;
    let there: string[];
    beforeAll(async () => {
      source = await newOrganization(service.platform, 'Source');
      there = [];
      let last: Answer | undefined;
      for (const partner of await organizations(THERE)) {
        last = await source.client.create(partner.id);
        there.unshift(last.body.data.id as string);
      }
      await source.client.get(LIST, { headers: positionOf(last!) });
    });

    /** Adds a few between two pages; half have the walker as their source, half as their destination. */
    const adding = async (
      count: number,
    ): Promise<{ ids: string[]; add: () => Promise<void>; latest: () => Answer }> => {
      const partners = await organizations(count);
      const ids: string[] = [];
      let latest: Answer | undefined;
      const add = async (): Promise<void> => {
        const made = await Promise.all(
          partners
            .splice(0, 3)
            .map((partner, index) =>
              index % 2 === 0 ? source.client.create(partner.id) : partner.client.create(source.id),
            ),
        );
        for (const answer of made) {
          ids.push(answer.body.data.id as string);
          if (!latest || positionIn(answer) > positionIn(latest)) latest = answer;
        }
      };
      return { ids, add, latest: () => latest! };
    };
    const whole = async (seen: Answer): Promise<string[]> => {
      await source.client.get(LIST, { headers: positionOf(seen) });
      return (await walk(source.client, `${LIST}?page[size]=100`, 'next')).flatMap(idsOf);
    };

    it('a walk sees every connection that was there exactly once, newest first', async () => {
      const { ids, add, latest } = await adding(60);
      const pages = await walk(source.client, `${LIST}?page[size]=6`, 'next', add);
      expect(pages.flatMap(idsOf)).toEqual(there);
      expect(pages.length).toBe(Math.ceil(THERE / 6));
      expect(pages[0]?.body.links.prev).toBeNull();
      expect(pages.at(-1)?.body.links.next).toBeNull();
      const all = await whole(latest());
      expect(all.slice(-THERE)).toEqual(there);
      expect(new Set(all.slice(0, -THERE))).toEqual(new Set(ids));
    });

    it('a walk back sees every one that was there, and the new ones before them', async () => {
      const pages = await walk(source.client, `${LIST}?page[size]=7`, 'next');
      const before = pages.flatMap(idsOf);
      const last = pages.at(-1)!;
      const { ids, add, latest } = await adding(30);
      const back = await walk(source.client, last.body.links.prev as string, 'prev', add);
      const seen = [...back.map(idsOf).reverse().flat(), ...idsOf(last)];
      // Whatever had come by the time that the first page was reached, and nothing out of order.
      const all = await whole(latest());
      expect(all).toHaveLength(before.length + ids.length);
      expect(seen).toEqual(all.slice(-seen.length));
      expect(seen.slice(-before.length)).toEqual(before);
      expect(back.at(-1)?.body.links.prev).toBeNull();
    });

    it('each page leads back to the one before it', async () => {
      const [first, second, third] = await walk(source.client, `${LIST}?page[size]=20`, 'next');
      const back = await source.client.get(third!.body.links.prev as string);
      expect(idsOf(back)).toEqual(idsOf(second!));
      expect(back.body.links.next).toBe(second!.body.links.next);
      const start = await source.client.get(back.body.links.prev as string);
      expect(idsOf(start)).toEqual(idsOf(first!));
      expect(start.body.links.prev).toBeNull();
    });

    it.each([1, 100])('may have %i rows', async (size) => {
      const pages: Answer[] = [];
      let path: string | null = `${LIST}?filter[role]=source&page[size]=${size}`;
      for (let page = 0; page < 3 && path !== null; page += 1) {
        const answer: Answer = await source.client.get(path);
        pages.push(answer);
        path = answer.body.links.next as string | null;
      }
      const whole = (await walk(source.client, `${LIST}?filter[role]=source&page[size]=33`, 'next')).flatMap(idsOf);
      expect(pages.flatMap(idsOf)).toEqual(whole.slice(0, size * 3));
      expect(pages[0]?.body.data).toHaveLength(size);
    });

    it('have 10 rows where nothing else is asked for', async () => {
      const answer = await source.client.get(LIST);
      expect(answer.body.data).toHaveLength(10);
      expect(answer.body.links.next).toContain(encodeURIComponent('page[size]'));
    });

    it('the platform walks through everybody’s', async () => {
      const seen = (await walk(service.platform, `${LIST}?page[size]=100`, 'next')).flatMap(idsOf);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(there));
    });
  });

  it.each(['0', '101', '-1', '1.5', 'ten', ''])('cannot have %j rows', async (size) => {
    const answer = await service.platform.get(`${LIST}?page[size]=${size}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ code: 'invalid-parameter', source: { parameter: 'page[size]' } }]);
  });

  it('of nothing are empty, and end there', async () => {
    const { source } = await newPair(service.platform);
    const answer = await source.client.get(LIST);
    expect([answer.status, answer.body]).toEqual([200, { data: [], links: { prev: null, next: null } }]);
  });

  it('are refused with cursors that were made for another list, or by somebody else', async () => {
    const [source, ...partners] = await organizations(4);
    const made: Answer[] = [];
    for (const partner of partners) made.push(await source!.client.create(partner.id));
    const id = made[0]!.body.data.id as string;
    await partners[0]!.client.step(id, 'activate');
    const list = await source!.client.get(`${LIST}?page[size]=1`, { headers: positionOf(made[2]!) });
    const history = await source!.client.get(`${LIST}/${id}/events?page[size]=1`);
    const directory = await service.platform.get('/organizations?page[size]=1');
    const keys = await service.platform.get('/api-keys?page[size]=1');
    const cursorIn = (answer: Answer): string =>
      new URL(answer.body.links.next as string, service.url).searchParams.get('page[after]')!;
    const own: [Client, string, string][] = [
      [source!.client, LIST, cursorIn(list)],
      [source!.client, `${LIST}/${id}/events`, cursorIn(history)],
      [service.platform, '/organizations', cursorIn(directory)],
      [service.platform, '/api-keys', cursorIn(keys)],
    ];
    const forged = ['', 'x', '1', Buffer.from('connect/connections:x').toString('base64url'), `${cursorIn(list)}=`];
    for (const [client, path, mine] of own) {
      const read = (cursor: string): Promise<Answer> => client.get(`${path}?page[after]=${encodeURIComponent(cursor)}`);
      expect((await read(mine)).status).toBe(200);
      for (const cursor of [...own.map(([, , cursor]) => cursor).filter((cursor) => cursor !== mine), ...forged]) {
        const answer = await read(cursor);
        expect([path, cursor, answer.status]).toEqual([path, cursor, 400]);
        expect(answer.body.errors).toMatchObject([{ code: 'invalid-cursor', source: { parameter: 'page[after]' } }]);
      }
    }
    const both = await source!.client.get(`${LIST}?page[after]=${cursorIn(list)}&page[before]=${cursorIn(list)}`);
    expect([both.status, both.body.errors[0].code]).toEqual([400, 'invalid-parameter']);
    // The history of one connection has no place in that of another.
    const other = made[1]!.body.data.id as string;
    const foreign = await source!.client.get(`${LIST}/${other}/events?page[after]=${cursorIn(history)}`);
    expect([foreign.status, foreign.body.errors[0].code]).toEqual([400, 'invalid-cursor']);
  });

  describe('of a filter', () => {
    let me: Party;
    let one: Party;
    let two: Party;
    /** When each was created, by its name. */
    const created = new Map<string, string>();
    beforeAll(async () => {
      [me, one, two] = (await organizations(3)) as [Party, Party, Party];
      const make = async (from: Party, to: Party, name: string): Promise<string> => {
        // Of two in the same millisecond a filter by time could not tell one from the other.
        const latest = [...created.values()].at(-1);
        while (latest !== undefined && new Date().toISOString() <= latest);
        const { data } = (await from.client.create(to.id, { name })).body;
        created.set(name, data.attributes['created-at'] as string);
        return data.id as string;
      };
      await make(me, one, 'Fraud signals');
      const active = await make(me, two, 'Onboarding 100%');
      const ended = await make(one, me, 'onboarding_checks');
      await make(two, me, 'Account hand-over');
      await two.client.step(active, 'activate');
      const last = await me.client.step(ended, 'deactivate');
      await me.client.get(LIST, { headers: positionOf(last) });
    });

    const at = (name: string): string => created.get(name)!;
    const filters: readonly (readonly [string, () => Record<string, string>, readonly string[]])[] = [
      ['nothing', () => ({}), ['Account hand-over', 'onboarding_checks', 'Onboarding 100%', 'Fraud signals']],
      ['status pending', () => ({ status: 'pending' }), ['Account hand-over', 'Fraud signals']],
      ['status active', () => ({ status: 'active' }), ['Onboarding 100%']],
      ['status inactive', () => ({ status: 'inactive' }), ['onboarding_checks']],
      ['two statuses', () => ({ status: 'active,inactive' }), ['onboarding_checks', 'Onboarding 100%']],
      ['role source', () => ({ role: 'source' }), ['Onboarding 100%', 'Fraud signals']],
      ['role destination', () => ({ role: 'destination' }), ['Account hand-over', 'onboarding_checks']],
      ['source me', () => ({ 'source-organization-id': me.id }), ['Onboarding 100%', 'Fraud signals']],
      ['source one', () => ({ 'source-organization-id': one.id }), ['onboarding_checks']],
      ['destination two', () => ({ 'destination-organization-id': two.id }), ['Onboarding 100%']],
      ['a name in part', () => ({ name: 'hand' }), ['Account hand-over']],
      ['a name in another case', () => ({ name: 'ONBOARDING' }), ['onboarding_checks', 'Onboarding 100%']],
      ['a name with a percent sign', () => ({ name: '0%' }), ['Onboarding 100%']],
      ['a percent sign alone', () => ({ name: '%' }), ['Onboarding 100%']],
      ['an underscore', () => ({ name: '_' }), ['onboarding_checks']],
      ['a name that none has', () => ({ name: 'nothing' }), []],
      [
        'a beginning',
        () => ({ 'created-at-start': at('onboarding_checks') }),
        ['Account hand-over', 'onboarding_checks'],
      ],
      ['an end', () => ({ 'created-at-end': at('Onboarding 100%') }), ['Onboarding 100%', 'Fraud signals']],
      [
        'a span of time',
        () => ({ 'created-at-start': at('Onboarding 100%'), 'created-at-end': at('onboarding_checks') }),
        ['onboarding_checks', 'Onboarding 100%'],
      ],
      ['a time to come', () => ({ 'created-at-start': '2999-01-01T00:00:00Z' }), []],
      ['role and status', () => ({ role: 'source', status: 'pending' }), ['Fraud signals']],
      ['role and name', () => ({ role: 'destination', name: 'onboarding' }), ['onboarding_checks']],
      ['a pair', () => ({ 'source-organization-id': me.id, 'destination-organization-id': one.id }), ['Fraud signals']],
      ['what contradicts', () => ({ role: 'source', 'source-organization-id': one.id }), []],
      [
        'everything',
        () => ({
          status: 'pending,active',
          role: 'source',
          'source-organization-id': me.id,
          'destination-organization-id': two.id,
          name: '100',
          'created-at-start': at('Fraud signals'),
          'created-at-end': at('Account hand-over'),
        }),
        ['Onboarding 100%'],
      ],
    ];

    it.each(filters)('%s', async (_, filter, expected) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(filter())) query.set(`filter[${name}]`, value);
      const whole = await me.client.get(`${LIST}?${query.toString()}`);
      expect(namesOf(whole)).toEqual(expected);
      // The filter holds on every page that a link leads to.
      query.set('page[size]', '1');
      const pages = await walk(me.client, `${LIST}?${query.toString()}`, 'next');
      expect(pages.flatMap(namesOf)).toEqual(expected);
      const back = await walk(me.client, (pages.at(-1)!.body.links.prev as string | null) ?? LIST, 'prev');
      if (expected.length > 1) expect(back.reverse().flatMap(namesOf)).toEqual(expected.slice(0, -1));
    });

    it.each<[what: string, search: () => string, expected: string[]]>([
      ['its name in part', () => 'ONBOARD', ['onboarding_checks', 'Onboarding 100%']],
      ['the counterparty’s name', () => 'partner 1', ['onboarding_checks', 'Fraud signals']],
      ['the counterparty’s Organization ID', () => two.id, ['Account hand-over', 'Onboarding 100%']],
      ['one’s own Organization ID, which is no counterparty’s', () => me.id, []],
      ['text that stands for others elsewhere', () => '%', ['Onboarding 100%']],
      ['more text than there is, in spaces', () => '  hand-over  ', ['Account hand-over']],
    ])('finds by a search for %s', async (_, search, expected) => {
      const query = new URLSearchParams({ 'filter[search]': search() });
      expect(namesOf(await me.client.get(`${LIST}?${query.toString()}`))).toEqual(expected);
    });

    it('finds by a search for the id of a connection', async () => {
      const [first] = rowsOf(await me.client.get(LIST));
      expect(idsOf(await me.client.get(`${LIST}?filter[search]=${first!.id}`))).toEqual([first!.id]);
      // The platform is no party: both are.
      const found = await service.platform.get(`${LIST}?filter[search]=${me.id}&page[size]=100`);
      expect(found.body.data).toHaveLength(4);
    });

    it.each(['', '%20', 'x'.repeat(201)])('refuses a search for %j', async (search) => {
      const answer = await me.client.get(`${LIST}?filter[search]=${search}`);
      expect([answer.status, answer.body.errors[0].source]).toEqual([400, { parameter: 'filter[search]' }]);
    });

    const byName = ['Account hand-over', 'Fraud signals', 'Onboarding 100%', 'onboarding_checks'];
    const byCreation = ['Fraud signals', 'Onboarding 100%', 'onboarding_checks', 'Account hand-over'];
    const byChange = ['Fraud signals', 'Account hand-over', 'Onboarding 100%', 'onboarding_checks'];

    it.each([
      ['created-at', byCreation],
      ['-created-at', [...byCreation].reverse()],
      ['updated-at', byChange],
      ['-updated-at', [...byChange].reverse()],
      ['name', byName],
      ['-name', [...byName].reverse()],
    ])('comes in the order of %s, page by page', async (sort, expected) => {
      expect(namesOf(await me.client.get(`${LIST}?sort=${sort}`))).toEqual(expected);
      const pages = await walk(me.client, `${LIST}?sort=${sort}&page[size]=1`, 'next');
      expect(pages.flatMap(namesOf)).toEqual(expected);
      const back = await walk(me.client, pages.at(-1)!.body.links.prev as string, 'prev');
      expect(back.reverse().flatMap(namesOf)).toEqual(expected.slice(0, -1));
    });

    it('goes on only in the order that it began with', async () => {
      const orders = ['created-at', '-created-at', 'updated-at', '-updated-at', 'name', '-name'];
      for (const sort of orders) {
        const { next } = (await me.client.get(`${LIST}?sort=${sort}&page[size]=1`)).body.links;
        const cursor = new URL(next as string, service.url).searchParams.get('page[after]')!;
        for (const other of orders.filter((order) => order !== sort)) {
          const answer = await me.client.get(`${LIST}?sort=${other}&page[after]=${cursor}`);
          expect([other, answer.status, answer.body.errors?.[0].code]).toEqual([other, 400, 'invalid-cursor']);
        }
      }
    });

    it('has no other orders, and of the past none by change', async () => {
      const unknown = await me.client.get(`${LIST}?sort=status`);
      expect([unknown.status, unknown.body.errors[0].source]).toEqual([400, { parameter: 'sort' }]);
      const past = `as-of=${new Date().toISOString()}`;
      const changed = await me.client.get(`${LIST}?sort=-updated-at&${past}`);
      expect([changed.status, changed.body.errors[0].source]).toEqual([400, { parameter: 'sort' }]);
      expect(namesOf(await me.client.get(`${LIST}?sort=name&${past}`))).toEqual(byName);
    });

    it('by time takes a moment in another zone', async () => {
      const moment = new Date(at('Account hand-over'));
      const local = new Date(moment.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
      const query = new URLSearchParams({ 'filter[created-at-start]': local });
      expect(namesOf(await me.client.get(`${LIST}?${query.toString()}`))).toEqual(['Account hand-over']);
    });

    it.each(['camel', 'snake'])('in %s case is the same', async (form) => {
      const name = form === 'camel' ? 'filter[sourceOrganizationId]' : 'filter[source_organization_id]';
      expect(namesOf(await me.client.get(`${LIST}?${name}=${one.id}`))).toEqual(['onboarding_checks']);
    });
  });
});
