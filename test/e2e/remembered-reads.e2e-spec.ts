import type { Client } from '../support/client';
import { type Answer, newConnection, newKey, newPair, type Pair, positionOf } from '../support/client';
import { joined } from '../support/people';
import { placesOf } from '../support/servers';
import { TestedService } from '../support/tested-service';
import { until } from '../support/until';

const PATH = '/connect/connections';

/** All of an answer but what no two answers have in common. */
const told = ({ status, headers, text }: Answer): unknown => {
  const own = ['date', 'request-id', 'ratelimit-remaining', 'ratelimit-reset'];
  return [status, [...headers].map(([name, value]) => (own.includes(name) ? name : `${name}: ${value}`)), text];
};
const remaining = ({ headers }: Answer): number => Number(headers.get('ratelimit-remaining'));

/** How many answers were not made anew. */
async function rememberedBy(platform: Client): Promise<number> {
  return Number(/^http_reads_remembered_total (\d+)$/m.exec((await platform.get('/metrics')).text)?.[1]);
}

describe('a read that is asked again while nothing was written', () => {
  const service = new TestedService();
  let pair: Pair & { readonly id: string };
  beforeAll(async () => {
    pair = await newConnection(service.platform, 'active');
  });

  it('is answered the same to the byte, to each as they see it, in each form, and counted', async () => {
    const { source, destination, id } = pair;
    const forms = [{}, { 'key-inflection': 'camel' }, { accept: 'application/vnd.api+json' }];
    for (const client of [source.client, destination.client, service.platform]) {
      for (const path of [`${PATH}/${id}`, PATH, `${PATH}?filter[status]=active&sort=name`]) {
        for (const headers of forms) {
          const [first, again] = [await client.get(path, { headers }), await client.get(path, { headers })];
          expect(first.status).toBe(200);
          expect(told(again)).toEqual(told(first));
          expect(remaining(again)).toBe(remaining(first) - 1);
        }
      }
    }
  });

  it('is not made anew, of one and of a list, unless a server keeps the tables', async () => {
    const isOnServer = (await placesOf(service.folder)).DATABASE_URL !== undefined;
    for (const path of [`${PATH}/${pair.id}`, PATH]) {
      const before = await rememberedBy(service.platform);
      const isRemembered = async (): Promise<boolean> => {
        await pair.source.client.get(path);
        return (await rememberedBy(service.platform)) > before;
      };
      // A key's first use in a minute is written down, which makes others anew.
      if (!isOnServer) await until('it is remembered', isRemembered);
      else expect([await isRemembered(), await isRemembered()]).toEqual([false, false]);
    }
  });

  it('tells a person what they may do in the role that they have', async () => {
    const { source, id } = pair;
    const { browser, id: person } = await joined(source.client, 'member');
    const actions = async (): Promise<unknown> =>
      (await browser.get(`${PATH}/${id}`)).body.data.meta['allowed-actions'];
    for (const role of ['auditor', 'member', 'auditor', 'member', 'auditor', 'member']) {
      const changing = source.client.post(`/members/${person}/role`, { body: { data: { attributes: { role } } } });
      await Promise.all([changing, ...Array.from({ length: 12 }, actions)]);
      expect((await changing).status).toBe(200);
      await until('the role is heard of', async () => {
        return String(await actions()) === (role === 'member' ? 'deactivate' : '');
      });
      expect(await actions()).toEqual(role === 'member' ? ['deactivate'] : []);
    }
  });

  it('is refused the same way, and to whom it is refused', async () => {
    const { id: stranger } = await newConnection(service.platform, 'pending');
    for (const path of [`${PATH}/${stranger}`, `${PATH}/${stranger}x`, `${PATH}?page[size]=0`, `${PATH}?odd=1`]) {
      const [first, again] = [await pair.source.client.get(path), await pair.source.client.get(path)];
      expect(first.status).toBeGreaterThanOrEqual(400);
      expect([again.status, again.body.errors]).toEqual([first.status, first.body.errors]);
    }
    const headers = { 'connect-position': 'x' };
    expect((await pair.source.client.get(PATH, { headers })).body.errors[0].code).toBe('invalid-header');
  });

  it('has neither a body nor another length where only the head is asked for', async () => {
    const path = `${PATH}/${pair.id}`;
    const { client } = pair.source;
    const whole = await client.get(path);
    for (const _ of [1, 2]) {
      const head = await client.send('HEAD', path, {});
      expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
        200,
        '',
        String(Buffer.byteLength(whole.text)),
      ]);
    }
    expect(told(await client.get(path))).toEqual(told(whole));
  });

  it('tells what was written once that is asked for', async () => {
    const { source, destination, id } = await newConnection(service.platform, 'pending');
    const seen = async (headers: Record<string, string>): Promise<unknown[]> => {
      const [one, list] = [
        await source.client.get(`${PATH}/${id}`, { headers }),
        await source.client.get(PATH, { headers }),
      ];
      return [one.body.data.attributes.status, list.body.data[0].attributes.status, one.headers.get('etag')];
    };
    const steps = [
      [destination.client, 'activate', 'active'],
      [destination.client, 'deactivate', 'inactive'],
      [source.client, 'reactivate', 'pending'],
    ] as const;
    for (const [index, [client, step, status]] of [...steps, ...steps, ...steps].entries()) {
      const position = positionOf(await client.step(id, step));
      const now = await seen(position);
      expect(now).toEqual([status, status, `"${index + 1}"`]);
      expect([await seen({}), await seen(position)]).toEqual([now, now]);
    }
  });

  it('tells no name that was redacted', async () => {
    const { source, destination } = await newPair(service.platform);
    const created = await source.client.create(destination.id, { name: 'A person of whom nothing shall be kept' });
    const { id } = created.body.data as { id: string };
    const text = async (headers: Record<string, string>): Promise<string> => {
      const answers = [`${PATH}/${id}`, PATH].map((path) => source.client.get(path, { headers }));
      return (await Promise.all(answers)).map((answer) => answer.text).join();
    };
    for (const _ of [1, 2]) expect(await text(positionOf(created))).toContain('A person');
    const redacted = await source.client.post(`${PATH}/${id}/events/0/redact`);
    expect(redacted.status).toBe(200);
    expect(await text(positionOf(redacted))).not.toContain('A person');
  });

  it('is nobody’s whose key was revoked, and another’s whose role is another', async () => {
    const { source, id } = pair;
    const [auditor, member] = [
      await newKey(service.platform, source.id, 'auditor'),
      await newKey(service.platform, source.id, 'member'),
    ];
    const actions = async (client: Client): Promise<unknown> =>
      (await client.retrieve(id)).body.data.meta['allowed-actions'];
    for (const _ of [1, 2]) {
      expect(await actions(auditor.client)).toEqual([]);
      expect(await actions(member.client)).toEqual(['deactivate']);
    }
    await service.platform.installed.apiKeys.revoke(member.id);
    expect((await member.client.retrieve(id)).status).toBe(401);
  });

  it('is recorded each time where it tells of the past', async () => {
    const auditor = await newKey(service.platform, pair.source.id, 'auditor');
    const moment = new Date().toISOString();
    const paths = ['as-of', 'as_of', 'asOf'].flatMap((name) => [
      `${PATH}/${pair.id}?${name}=${moment}`,
      `${PATH}?${name}=${moment}`,
    ]);
    for (const path of [...paths, ...paths]) expect((await auditor.client.get(path)).status).toBe(200);
    const { data } = (await service.platform.get('/audit/accesses?page[size]=100')).body;
    const recorded = (data as { attributes: Record<string, string> }[]).filter(
      ({ attributes }) => attributes['credential-id'] === auditor.id,
    );
    expect(recorded).toHaveLength(2 * paths.length);
  });
});
