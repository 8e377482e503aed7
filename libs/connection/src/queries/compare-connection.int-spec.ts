import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { connectionIdOf, streamOf } from '../connection-id';
import { ConnectionLog } from '../connection-log';
import { ConnectionNotFound } from '../domain/connection.errors';
import type { Actor, ConnectionEvent } from '../domain/connection.events';
import { NotThen, type Past } from '../past';
import { encode } from '../stored-events';
import { openTexts } from '../testing/texts';
import { CompareConnection, CompareConnectionHandler, WrongOrder } from './compare-connection';
import { GetConnectionHistoryHandler } from './get-connection-history';

const COUNT = 251;
const id = connectionIdOf('org_S', 'org_D');
const momentAt = (second: number): string =>
  new Date(Date.parse('2026-06-01T00:00:00.000Z') + second * 1_000).toISOString();
const provenance = { requestId: 'req_1', correlationId: 'req_1', causationId: 'req_1', idempotencyKey: null };

/** One event a second: a creation, then activations and deactivations in turn. */
const events = Array.from({ length: COUNT }, (_, n): ConnectionEvent => {
  const actor: Actor = { type: 'api-key', id: 'api_D', organizationId: 'org_D', role: 'destination' };
  const occurredAt = momentAt(n);
  if (n === 0) {
    const parties = { sourceOrganizationId: 'org_S', destinationOrganizationId: 'org_D' };
    return { type: 'ConnectionCreated', connectionId: id, ...parties, name: null, scopes: ['a'], actor, occurredAt };
  }
  if (n % 2 === 1) return { type: 'ConnectionActivated', actor, occurredAt };
  return { type: 'ConnectionDeactivated', reason: null, actor, occurredAt };
});

describe('a comparison of two times', () => {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  let database: Awaited<ReturnType<typeof openTexts>>;
  let handler: CompareConnectionHandler;
  beforeAll(async () => {
    database = await openTexts(folder.path);
    const { texts } = database;
    const log = new ConnectionLog(store, texts);
    handler = new CompareConnectionHandler(log, texts, new GetConnectionHistoryHandler(log, texts));
    const encoded = events.map((event) => encode(event, randomUUID(), provenance));
    await store.append(streamOf(id), -1, encoded);
  });
  afterAll(async () => {
    await store.close();
    await database.close();
    folder.remove();
  });

  const compare = (from: Past, to: Past | null = null, viewer: string | null = 'org_S') =>
    handler.execute(new CompareConnection(id, viewer, from, to));
  /** The revisions of both ends, and of the events in between. */
  const told = async (from: Past, to: Past | null = null): Promise<unknown> => {
    const comparison = await compare(from, to);
    const revisions = comparison.entries.map(({ revision }) => revision);
    return [comparison.from?.revision ?? null, comparison.to?.revision ?? null, revisions, comparison.next];
  };

  it('goes by revisions, by moments and by both', async () => {
    expect(await told({ revision: 0 }, { revision: 2 })).toEqual([0, 2, [1, 2], null]);
    expect(await told({ asOf: momentAt(0.5) }, { asOf: momentAt(2) })).toEqual([0, 2, [1, 2], null]);
    expect(await told({ revision: 1 }, { asOf: momentAt(2.5) })).toEqual([1, 2, [2], null]);
    expect(await told({ asOf: momentAt(1) }, { revision: 1 })).toEqual([1, 1, [], null]);
    expect(await told({ revision: COUNT - 2 })).toEqual([COUNT - 2, COUNT - 1, [COUNT - 1], null]);
  });

  it('begins where there was nothing', async () => {
    expect(await told({ asOf: momentAt(-1) }, { revision: 1 })).toEqual([null, 1, [0, 1], null]);
    expect(await told({ asOf: momentAt(-2) }, { asOf: momentAt(-1) })).toEqual([null, null, [], null]);
  });

  it('tells the first hundred events, and where there are more', async () => {
    const hundred = (first: number): number[] => Array.from({ length: 100 }, (_, n) => first + n);
    expect(await told({ asOf: momentAt(-1) })).toEqual([null, COUNT - 1, hundred(0), 99]);
    expect(await told({ revision: 0 }, { revision: 100 })).toEqual([0, 100, hundred(1), null]);
    expect(await told({ revision: 0 }, { revision: 101 })).toEqual([0, 101, hundred(1), 100]);
  });

  it('does not run backwards, also where nothing happened in between', async () => {
    const pairs: [Past, Past][] = [
      [{ revision: 2 }, { revision: 1 }],
      [{ asOf: momentAt(5) }, { revision: 1 }],
      [{ revision: 2 }, { asOf: momentAt(1) }],
      [{ asOf: momentAt(1.6) }, { asOf: momentAt(1.5) }],
    ];
    for (const [from, to] of pairs) await expect(compare(from, to)).rejects.toBeInstanceOf(WrongOrder);
  });

  it('has no end at a revision that there is not yet', async () => {
    await expect(compare({ revision: 0 }, { revision: COUNT })).rejects.toMatchObject({ asked: 'to' });
    await expect(compare({ revision: COUNT })).rejects.toMatchObject({ asked: 'from' });
    await expect(compare({ revision: COUNT })).rejects.toBeInstanceOf(NotThen);
  });

  it('is nothing that a stranger hears of', async () => {
    await expect(compare({ revision: 0 }, null, 'org_X')).rejects.toBeInstanceOf(ConnectionNotFound);
    await expect(compare({ revision: 999 }, { revision: 0 }, 'org_X')).rejects.toBeInstanceOf(ConnectionNotFound);
  });
});
