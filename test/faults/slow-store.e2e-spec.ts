import { ApiKeys } from '@connections/directory/api-keys';
import { Organizations } from '@connections/directory/organizations';
import { everything, rowsByTheLog } from '@connections/connection/testing/read-model';
import { Client } from '../support/client';
import { type Cluster, startCluster } from '../support/cluster';
import { type RawAnswer, sendRaw } from '../support/raw-http';
import { until } from '../support/until';

const ORGANIZATIONS = 84;
/** More than an instance takes into its queues at once, each pair of organizations once. */
const COMMANDS = 6_000;
/** Commands that one socket carries, one behind the other without waiting: as many as the service lets wait. */
const PIPELINED = 16;
/** What the flood may cost an instance: some 70 kB for each that is under way, and what a busy processor collects late. */
const MEMORY = 768 * 1_048_576;

interface Party {
  readonly id: string;
  readonly key: string;
}

describe('an event store that takes half a second for every call', () => {
  let cluster: Cluster;
  let parties: Party[];
  beforeAll(async () => {
    cluster = await startCluster({ instances: 1 });
    const database = cluster.stores.database;
    const [organizations, keys] = [new Organizations(database.as()), new ApiKeys(database.as())];
    parties = await Promise.all(
      Array.from({ length: ORGANIZATIONS }, async (_, index) => {
        const { id } = await organizations.create(`Organization ${index}`, new Date());
        const terms = { organizationId: id, role: 'admin', name: 'Flood', expiresAt: null } as const;
        return { id, key: (await keys.create(terms, new Date())).key };
      }),
    );
  });
  afterAll(() => cluster.remove());

  const pairs = (): { source: Party; destination: Party }[] =>
    parties
      .flatMap((source) => parties.map((destination) => ({ source, destination })))
      .filter(({ source, destination }) => source !== destination)
      .slice(0, COMMANDS);

  /** Sends all at once. @returns the answers in the order of what was asked. */
  async function flood(commands: readonly { source: Party; destination: Party }[]): Promise<RawAnswer[]> {
    const chunks = Array.from({ length: Math.ceil(commands.length / PIPELINED) }, (_, index) =>
      commands.slice(index * PIPELINED, (index + 1) * PIPELINED),
    );
    const { url } = cluster.instances[0]!;
    const answers = chunks.map((chunk) => sendRaw(url, chunk.map(creation).join(''), { answers: chunk.length }));
    return (await Promise.all(answers)).flat();
  }

  it('is asked for more than it can do: what cannot wait is told to come back, in bounded memory', async () => {
    const [instance] = cluster.instances;
    for (const call of ['append', 'batchAppend', 'read'] as const) {
      await cluster.store!.fault(call, { kind: 'delay', ms: 500 });
    }
    const before = instance!.residentBytes;
    let peak = before;
    const looking = setInterval(() => (peak = Math.max(peak, instance!.residentBytes)), 50);
    let refused = 0;
    try {
      for (let asked = pairs(); asked.length > 0;) {
        const answers = await flood(asked);
        expect(answers).toHaveLength(asked.length);
        // Where processors are busy too, an append may take longer than is waited for, and happen all the same.
        const isDone = ({ status, body }: RawAnswer): boolean =>
          status === 201 || (refused > 0 && body?.errors?.[0]?.code === 'already-connected');
        for (const { status, headers } of answers.filter((answer) => !isDone(answer))) {
          expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true]);
        }
        asked = asked.filter((_, index) => !isDone(answers[index]!));
        refused += asked.length;
      }
    } finally {
      clearInterval(looking);
    }
    expect(refused).toBeGreaterThan(0);
    expect(peak - before).toBeLessThan(MEMORY);
  });

  it('has each command once in its log, and readers see all of them', async () => {
    const { database, eventStore } = cluster.stores;
    const position = await eventStore.head();
    const { url } = cluster.instances[0]!;
    await until('readers see the whole log', async () => {
      const headers = { 'connect-position': position };
      return (await new Client(url, parties[0]!.key).get('/connect/connections', { headers })).status === 200;
    });
    expect(await everything(eventStore)).toHaveLength(COMMANDS);
    const rows = await database.reader.selectFrom('connections').selectAll().orderBy('id').execute();
    expect(rows).toEqual(await rowsByTheLog(eventStore));
    expect((await cluster.instances[0]!.ask('/readyz'))?.status).toBe(200);
  });
});

function creation({ source, destination }: { source: Party; destination: Party }): string {
  const body = JSON.stringify({ data: { attributes: { 'destination-organization-id': destination.id } } });
  return [
    'POST /api/v1/connect/connections HTTP/1.1',
    'host: localhost',
    `authorization: Bearer ${source.key}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
