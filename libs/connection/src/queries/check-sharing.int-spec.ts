import { join } from 'node:path';
import type { EventStore, RecordedEvent } from '@connections/event-store/event-store';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { type Contender, race, type RaceOutcome } from '../../../../test/support/sharing-race';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { connectionIdOf } from '../connection-id';
import { type CommandContext, ConnectionLog } from '../connection-log';
import { activate, create, deactivate, reactivate } from '../domain/connection';
import { openTexts } from '../testing/texts';
import type { Texts } from '../texts';
import { CheckSharing, CheckSharingHandler } from './check-sharing';
import { isAnswer, type SharingAnswer } from './sharing-outcome';

const policy = { scopes: ['inquiry.read'], defaultScopes: [], allowSelfConnections: false };
const everybody = { isKnown: () => true };
const [source, destination] = ['org_S', 'org_D'];
const id = connectionIdOf(source, destination);
const question = {
  sourceOrganizationId: source,
  destinationOrganizationId: destination,
  scopes: ['inquiry.read'],
  past: null,
};
const context = (organizationId: string): CommandContext => ({
  by: { type: 'api-key', id: 'api_1', organizationId },
  requestId: 'req_1',
  correlationId: 'req_1',
  attempt: null,
  ifMatch: null,
  dryRun: false,
});

const ROUNDS = 40;

describe('share checks of several processes on one log', () => {
  const folder = temporaryFolder();
  const stores: SqliteEventStore[] = [];
  let database: Awaited<ReturnType<typeof openTexts>>;
  let texts: Texts;
  beforeAll(async () => {
    for (let process = 0; process < 3; process += 1)
      stores.push(new SqliteEventStore(join(folder.path, 'events.sqlite')));
    database = await openTexts(folder.path);
    ({ texts } = database);
    const log = new ConnectionLog(stores[0]!, texts);
    const terms = { connectionId: id, destinationOrganizationId: destination, name: null, scopes: ['inquiry.read'] };
    const [asSource, asDestination] = [context(source), context(destination)];
    await log.take('create', id, create(terms, asSource.by, new Date().toISOString(), policy), asSource);
    await log.take('activate', id, activate(asDestination.by, new Date().toISOString()), asDestination);
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await database.close();
    folder.remove();
  });

  /** @param size how many identical questions it asks at once. */
  const contenderOn = (store: EventStore, size: number): Contender => {
    const log = new ConnectionLog(store, texts);
    const handler = new CheckSharingHandler(log, policy, everybody);
    const [asSource, asDestination] = [context(source), context(destination)];
    const now = (): string => new Date().toISOString();
    return {
      async check() {
        const questions = Array<typeof question>(size).fill(question);
        const outcomes = await handler.execute(new CheckSharing(questions, source));
        return outcomes.every((outcome) => isAnswer(outcome) && outcome.allowed);
      },
      activate: async () => {
        await log.take('activate', id, activate(asDestination.by, now()), asDestination);
      },
      deactivate: async () => {
        await log.take('deactivate', id, deactivate(asSource.by, now()), asSource);
      },
      reactivate: async () => {
        await log.take('reactivate', id, reactivate(asSource.by, now()), asSource);
      },
    };
  };
  const raced = (changed: (store: EventStore) => EventStore, size = 1): Promise<RaceOutcome> => {
    let rounds = 0;
    const contenders = stores.map((store) => contenderOn(changed(store), size));
    return race(contenders, 6, () => (rounds += 1) > ROUNDS);
  };

  it.each([1, 100])('are never out of date, %i asked at once', async (size) => {
    const { rounds, staleYes, staleNo } = await raced((store) => store, size);
    expect({ rounds, staleYes, staleNo }).toEqual({ rounds: ROUNDS, staleYes: 0, staleNo: 0 });
  });

  it('would be found to be, were what they remember believed without asking the log', async () => {
    const believing = (store: EventStore): EventStore =>
      Object.create(store, {
        append: { value: store.append.bind(store) },
        read: { value: store.read.bind(store) },
        head: { value: store.head.bind(store) },
        changes: { value: async (after: string) => ({ revisions: [], upTo: after, complete: true }) },
      }) as EventStore;
    expect((await raced(believing)).staleYes).toBeGreaterThan(0);
  });

  it('are not taken to be newer than they are where they were read while others saw more', async () => {
    const [here, elsewhere] = [stores[0]!, new ConnectionLog(stores[1]!, texts)];
    const at = new Date().toISOString();
    const { status } = (await elsewhere.load(id))!.connection;
    if (status === 'inactive')
      await elsewhere.take('reactivate', id, reactivate(context(source).by, at), context(source));
    if (status !== 'active')
      await elsewhere.take('activate', id, activate(context(destination).by, at), context(destination));
    let held: Promise<unknown> = Promise.resolve();
    const [isReading, released] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    const holding = Object.create(here, {
      append: { value: here.append.bind(here) },
      changes: { value: here.changes.bind(here) },
      head: { value: here.head.bind(here) },
      read: {
        value: async function* (...args: Parameters<EventStore['read']>) {
          const events: RecordedEvent[] = [];
          for await (const event of here.read(...args)) events.push(event);
          isReading.resolve(null);
          await held;
          yield* events;
        },
      },
    }) as EventStore;
    const handler = new CheckSharingHandler(new ConnectionLog(holding, texts), policy, everybody);
    const isAllowed = async (): Promise<boolean> => {
      const [outcome] = await handler.execute(new CheckSharing([question], source));
      return (outcome as SharingAnswer).allowed;
    };
    held = released.promise;
    const early = isAllowed();
    await isReading.promise;
    await elsewhere.take('deactivate', id, deactivate(context(source).by, at), context(source));
    held = Promise.resolve();
    expect(await isAllowed()).toBe(false);
    released.resolve(null);
    expect(await early).toBe(true);
    expect(await isAllowed()).toBe(false);
  });

  it('are answered by the very same object until something happens, and never by that of another question', async () => {
    const log = new ConnectionLog(stores[0]!, texts);
    const handler = new CheckSharingHandler(log, { ...policy, scopes: ['inquiry.read', 'report.read'] }, everybody);
    const ask = async (scopes: readonly string[], viewer: string | null): Promise<SharingAnswer> => {
      const [outcome] = await handler.execute(new CheckSharing([{ ...question, scopes: [...scopes] }], viewer));
      return outcome as SharingAnswer;
    };
    const { status } = (await log.load(id))!.connection;
    const at = new Date().toISOString();
    if (status === 'active') await log.take('deactivate', id, deactivate(context(source).by, at), context(source));
    if (status !== 'pending') await log.take('reactivate', id, reactivate(context(source).by, at), context(source));
    const pending = await ask(['inquiry.read'], source);
    expect(pending).toMatchObject({ allowed: false, reason: 'pending', refusedScopes: ['inquiry.read'] });
    expect(await ask(['inquiry.read'], destination)).toBe(pending);
    expect(await ask(['inquiry.read'], 'org_Stranger')).toMatchObject({ reason: 'no-connection', decidedUpon: null });
    expect(await ask(['inquiry.read', 'report.read'], null)).toMatchObject({
      refusedScopes: ['inquiry.read', 'report.read'],
    });
    expect(await ask(['inquiry.read'], null)).toEqual(pending);

    await log.take('activate', id, activate(context(destination).by, at), context(destination));
    const active = await ask(['inquiry.read'], source);
    expect(active).toMatchObject({ allowed: true, reason: 'active' });
    expect(await ask(['inquiry.read'], source)).toBe(active);
    expect(await ask(['report.read'], source)).toMatchObject({ allowed: false, reason: 'scope-not-granted' });
    expect(await ask(['inquiry.read', 'inquiry.read'], source)).toMatchObject([{ code: 'repeated-scope' }]);
  });

  it.each([null, { asOf: new Date().toISOString() }, { revision: 0 }])(
    'of strangers touch no log, also as of %j',
    async (past) => {
      const untouchable = new Proxy(stores[0]!, {
        get: (_, name) => {
          throw new Error(`A stranger's question came to ${String(name)} of the log.`);
        },
      });
      const handler = new CheckSharingHandler(new ConnectionLog(untouchable, texts), policy, everybody);
      const questions = [
        { ...question, past },
        { ...question, past, destinationOrganizationId: 'org_Never' },
      ];
      const [existing, missing] = await handler.execute(new CheckSharing(questions, 'org_Stranger'));
      expect(existing).toMatchObject({ allowed: false, reason: 'no-connection', decidedUpon: null });
      expect(existing).toEqual(missing);
    },
  );

  it('as of a revision that there is not yet are told so, each for itself', async () => {
    const handler = new CheckSharingHandler(new ConnectionLog(stores[0]!, texts), policy, everybody);
    const last = (await new ConnectionLog(stores[0]!, texts).load(id))!.revision;
    const outcomes = await handler.execute(
      new CheckSharing(
        [last, last + 1].map((revision) => ({ ...question, past: { revision } })),
        null,
      ),
    );
    expect(outcomes).toMatchObject([
      { decidedUpon: { revision: last } },
      [{ code: 'not-then', attribute: 'revision', details: `The connection has no revision ${last + 1} yet.` }],
    ]);
  });

  it('of many moments read a history once, and tell them apart', async () => {
    const store = stores[0]!;
    const log = new ConnectionLog(store, texts);
    let reads = 0;
    const counting = Object.create(store, {
      read: {
        value: (...args: Parameters<EventStore['read']>) => {
          reads += 1;
          return store.read(...args);
        },
      },
      head: { value: store.head.bind(store) },
      changes: { value: store.changes.bind(store) },
    }) as EventStore;
    const handler = new CheckSharingHandler(new ConnectionLog(counting, texts), policy, everybody);
    const pasts = [
      { asOf: '2000-01-01T00:00:00.000Z' },
      { asOf: (await log.origin(id))!.createdAt },
      { asOf: '2999-01-01T00:00:00.000Z' },
      null,
      { revision: 0 },
    ];
    const questions = Array.from({ length: 100 }, (_, index) => ({ ...question, past: pasts[index % 5]! }));
    const outcomes = await handler.execute(new CheckSharing(questions, source));
    // Two reads for the present state, and one of the whole history for the past.
    expect(reads).toBe(3);
    const now = await log.load(id);
    const then = await log.load(id, ({ metadata }) => (metadata['occurred-at'] as string) <= pasts[1]!.asOf!);
    const first = await log.load(id, ({ revision }) => revision === 0);
    expect(then!.revision).toBeLessThan(now!.revision);
    const expected = [null, then, now, now, first];
    outcomes.forEach((outcome, index) => expect(outcome).toMatchObject({ decidedUpon: expected[index % 5]! }));
    expect(outcomes).toHaveLength(100);
  });
});
