import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Global, Module } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { Database } from '@connections/database/database';
import { describeDatabases } from '@connections/database/testing/databases';
import { EventStore } from '@connections/event-store/event-store';
import { expectedHash, hashOf } from '@connections/event-store/hash-chain';
import type { Projector } from '@connections/event-store/projector';
import { ActivateConnection } from './commands/activate-connection';
import { CreateConnection } from './commands/create-connection';
import { DeactivateConnection } from './commands/deactivate-connection';
import { ReactivateConnection } from './commands/reactivate-connection';
import { RedactText } from './commands/redact-text';
import { ConnectionPolicy, KnownOrganizations } from './commands/terms-check';
import { connectionIdOf, streamOf } from './connection-id';
import type { CommandContext } from './connection-log';
import { ConnectionModule } from './connection.module';
import {
  AlreadyConnected,
  ConnectionNotFound,
  IllegalTransition,
  InvalidTerms,
  NoSuchEvent,
  NothingWritten,
  NotItsAuthor,
  NotPermitted,
  StaleRevision,
} from './domain/connection.errors';
import { legible } from './domain/free-text';
import type { Redactor } from './domain/redaction';
import { redacted } from './domain/sentences';
import { GetConnectionHistory } from './queries/get-connection-history';
import { NotThen } from './past';
import { GetConnection } from './queries/get-connection';
import { OrganizationNames } from './queries/list-conditions';
import { ListConnections } from './queries/list-connections';
import { nameless, everything, openReadModel, type ReadModelUnderTest } from './testing/read-model';
import { encode } from './stored-events';
import { commitmentTo, type NewText } from './texts';

const contextOf = (organizationId: string, changes: Partial<CommandContext> = {}): CommandContext => ({
  by: { type: 'api-key', id: `api of ${organizationId}`, organizationId },
  requestId: 'req_1',
  correlationId: 'their-trace',
  attempt: null,
  ifMatch: null,
  dryRun: false,
  ...changes,
});
const attemptOf = (key: string): CommandContext['attempt'] => ({ key, unlessOvertaken: async () => undefined });
const id = connectionIdOf('org_A', 'org_B');

describeDatabases('the connection module', (databases) => {
  let model: ReadModelUnderTest;
  let app: TestingModule;
  let projector: Projector;
  let commands: CommandBus;
  let queries: QueryBus;
  beforeEach(async () => {
    model = await openReadModel(databases);
    const shared = [
      { provide: EventStore, useValue: model.store },
      { provide: Database, useValue: model.database },
      {
        provide: ConnectionPolicy,
        useValue: {
          scopes: ['inquiry.read', 'account.read', 'case.read'],
          defaultScopes: ['inquiry.read', 'account.read'],
          allowSelfConnections: false,
        },
      },
      { provide: OrganizationNames, useValue: nameless },
      { provide: KnownOrganizations, useValue: { isKnown: async (known: string) => /^org_[A-F]$/.test(known) } },
    ];
    @Global()
    @Module({ providers: shared, exports: shared.map(({ provide }) => provide) })
    class Surroundings {}
    projector = model.projector();
    await projector.start();
    app = await Test.createTestingModule({ imports: [Surroundings, ConnectionModule] }).compile();
    await app.init();
    [commands, queries] = [app.get(CommandBus), app.get(QueryBus)];
  });
  afterEach(async () => {
    await app.close();
    await model.close();
  });

  const creation = (destination = 'org_B', context = contextOf('org_A'), name: string | null = 'Partner') =>
    new CreateConnection({ destinationOrganizationId: destination, name, scopes: null }, context);
  const create = (...of: Parameters<typeof creation>) => commands.execute(creation(...of));
  const activate = (context = contextOf('org_B')) => commands.execute(new ActivateConnection(id, context));
  const deactivate = (context = contextOf('org_A'), reason: string | null = null) =>
    commands.execute(new DeactivateConnection(id, reason, context));
  const reactivate = (context = contextOf('org_A')) => commands.execute(new ReactivateConnection(id, 'again', context));
  const handshake = async (): Promise<void> => {
    await create();
    await activate();
    await deactivate(contextOf('org_B'), 'over');
    await reactivate();
    await activate();
    expect(await model.caughtUp(projector)).toBe(true);
  };
  const revisions = async (): Promise<number[]> => {
    const found: number[] = [];
    for await (const { revision } of model.store.read(streamOf(id))) found.push(revision);
    return found;
  };

  it('runs the handshake from commands to queries', async () => {
    const created = await create();
    expect(created).toMatchObject({ revision: 0, connection: { id, status: 'pending', name: { text: 'Partner' } } });
    expect(created.connection.scopes).toEqual(['inquiry.read', 'account.read']);
    expect(await activate()).toMatchObject({ revision: 1, connection: { status: 'active' } });
    expect(await deactivate()).toMatchObject({
      revision: 2,
      connection: { status: 'inactive', deactivatedBy: 'source' },
    });
    const returned = await reactivate();
    expect(returned).toMatchObject({ revision: 3, connection: { status: 'pending', deactivatedBy: null } });

    expect(await projector.reached(returned.position!, 20_000)).toBe(true);
    for (const viewer of ['org_A', 'org_B', null]) {
      expect(await queries.execute(new GetConnection(id, viewer))).toEqual({
        connection: returned.connection,
        revision: 3,
      });
      const page = await queries.execute(new ListConnections(viewer, {}, 10));
      expect(page.connections).toEqual([{ connection: returned.connection, revision: 3 }]);
    }
  });

  it('refuses by the rules, and writes nothing', async () => {
    await expect(activate()).rejects.toBeInstanceOf(ConnectionNotFound);
    await create();
    await expect(create()).rejects.toBeInstanceOf(AlreadyConnected);
    await expect(activate(contextOf('org_A'))).rejects.toBeInstanceOf(NotPermitted);
    await expect(activate(contextOf('org_C'))).rejects.toBeInstanceOf(ConnectionNotFound);
    await expect(reactivate()).rejects.toBeInstanceOf(IllegalTransition);
    await expect(create('org_A')).rejects.toBeInstanceOf(InvalidTerms);
    expect(await revisions()).toEqual([0]);
    expect(await model.store.head()).toBe('0000000000000001');
  });

  it('tells everything that is wrong with the terms, an unknown destination among it', async () => {
    const terms = { destinationOrganizationId: 'org_nobody', name: '', scopes: ['x'] };
    const refused = commands.execute(new CreateConnection(terms, contextOf('org_A')));
    await expect(refused).rejects.toMatchObject({
      problems: [{ code: 'invalid-name' }, { code: 'unknown-scope' }, { code: 'unknown-organization' }],
    });
  });

  it('lets one of many win who create the same connection at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => create()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AlreadyConnected);
    }
    expect(await revisions()).toEqual([0]);
  });

  it('keeps the two directions between two organizations apart', async () => {
    await create('org_B', contextOf('org_A'));
    await create('org_A', contextOf('org_B'));
    await model.caughtUp(projector);
    const page = await queries.execute(new ListConnections('org_A', {}, 10));
    expect(new Set(page.connections.map(({ connection }) => connection.id))).toEqual(
      new Set([id, connectionIdOf('org_B', 'org_A')]),
    );
  });

  it('takes a request once, however often it is tried', async () => {
    await create();
    const once = contextOf('org_B', { attempt: attemptOf('key-1') });
    const first = await activate(once);
    await deactivate();
    expect(await activate(once)).toEqual(first);
    expect(await revisions()).toEqual([0, 1, 2]);
    // A key counts for one organization and one step.
    await expect(activate(contextOf('org_B', { attempt: attemptOf('key-2') }))).rejects.toBeInstanceOf(
      IllegalTransition,
    );
    await reactivate(contextOf('org_A', { attempt: attemptOf('key-1') }));
    expect(await revisions()).toEqual([0, 1, 2, 3]);
  });

  it('takes a creation once, however often it is tried', async () => {
    const once = contextOf('org_A', { attempt: attemptOf('key-1') });
    const tries = await Promise.all([create('org_B', once), create('org_B', once)]);
    expect(tries[0]).toEqual(tries[1]);
    await activate();
    expect(await create('org_B', once)).toEqual(tries[0]);
    expect(await revisions()).toEqual([0, 1]);
  });

  it('decides only upon a revision that the caller is content with', async () => {
    await create();
    await expect(activate(contextOf('org_B', { ifMatch: [1, 2] }))).rejects.toMatchObject({ revision: 0 });
    await expect(activate(contextOf('org_B', { ifMatch: [1] }))).rejects.toBeInstanceOf(StaleRevision);
    await expect(activate(contextOf('org_C', { ifMatch: [1] }))).rejects.toBeInstanceOf(ConnectionNotFound);
    await expect(activate(contextOf('org_A', { ifMatch: [1] }))).rejects.toBeInstanceOf(NotPermitted);
    expect((await activate(contextOf('org_B', { ifMatch: [0] }))).revision).toBe(1);
  });

  it('tries a step without taking it', async () => {
    const dryRun = { dryRun: true };
    expect(await create('org_B', contextOf('org_A', dryRun))).toMatchObject({
      connection: { status: 'pending' },
      position: null,
    });
    await expect(activate(contextOf('org_B', dryRun))).rejects.toBeInstanceOf(ConnectionNotFound);
    await create();
    expect(await activate(contextOf('org_B', dryRun))).toMatchObject({ revision: 0, connection: { status: 'active' } });
    expect(await revisions()).toEqual([0]);
  });

  it('shows nothing of a connection to a stranger, now or then', async () => {
    await handshake();
    const asked = [
      new GetConnection(id, 'org_C'),
      new GetConnection(id, 'org_C', { revision: 0 }),
      new GetConnection(id, 'org_C', { revision: 99 }),
      new GetConnection(id, 'org_C', { asOf: '2000-01-01T00:00:00.000Z' }),
      new GetConnectionHistory(id, 'org_C', 10),
      new GetConnection(connectionIdOf('org_C', 'org_D'), 'org_C'),
    ];
    const { message } = new ConnectionNotFound();
    for (const question of asked) {
      await expect(queries.execute(question)).rejects.toThrow(expect.objectContaining({ code: 'not-found', message }));
    }
    expect((await queries.execute(new ListConnections('org_C', {}, 10))).connections).toEqual([]);
  });

  it('shows a connection as it was at any revision, and at any moment', async () => {
    await handshake();
    const statuses = ['pending', 'active', 'inactive', 'pending', 'active'];
    for (const [revision, status] of statuses.entries()) {
      const then = await queries.execute(new GetConnection(id, 'org_B', { revision }));
      expect(then).toMatchObject({ revision, connection: { status } });
      const { revision: last } = await queries.execute(
        new GetConnection(id, 'org_B', { asOf: then.connection.updatedAt }),
      );
      expect(last).toBeGreaterThanOrEqual(revision);
    }
    await expect(queries.execute(new GetConnection(id, 'org_A', { revision: 5 }))).rejects.toBeInstanceOf(NotThen);
    const before = { asOf: '2000-01-01T00:00:00.000Z' };
    await expect(queries.execute(new GetConnection(id, 'org_A', before))).rejects.toBeInstanceOf(NotThen);
    const now = { asOf: '2999-01-01T00:00:00.000Z' };
    expect(await queries.execute(new GetConnection(id, 'org_A', now))).toMatchObject({ revision: 4 });
  });

  it('tells the history oldest first, with what anybody needs to check it', async () => {
    await handshake();
    const { entries, next } = await queries.execute(new GetConnectionHistory(id, 'org_A', 10));
    expect(next).toBeNull();
    expect(entries.map(({ event, fromStatus, toStatus }) => [event.type, fromStatus, toStatus])).toEqual([
      ['ConnectionCreated', null, 'pending'],
      ['ConnectionActivated', 'pending', 'active'],
      ['ConnectionDeactivated', 'active', 'inactive'],
      ['ConnectionReturnedToPending', 'inactive', 'pending'],
      ['ConnectionActivated', 'pending', 'active'],
    ]);
    expect(entries[2]).toMatchObject({
      text: 'over',
      event: { actor: { type: 'api-key', id: 'api of org_B', organizationId: 'org_B' } },
      requestId: 'req_1',
      correlationId: 'their-trace',
    });
    let revision = 0;
    for await (const recorded of model.store.read(streamOf(id))) {
      expect(entries[revision]).toMatchObject({
        revision,
        hash: expectedHash(recorded),
        previousHash: revision === 0 ? null : entries[revision - 1]?.hash,
      });
      expect(hashOf(recorded)).toBe(expectedHash(recorded));
      revision += 1;
    }
  });

  it.each([1, 2, 3, 5])('tells the same history page by page, %i at a time', async (size) => {
    await handshake();
    const whole = await queries.execute(new GetConnectionHistory(id, 'org_A', 100));
    const found: unknown[] = [];
    for (let after: number | null = -1; after !== null;) {
      const page: typeof whole = await queries.execute(new GetConnectionHistory(id, 'org_A', size, after));
      expect(page.entries.length).toBeLessThanOrEqual(size);
      found.push(...page.entries);
      after = page.next;
    }
    expect(found).toEqual(whole.entries);
    const behind = await queries.execute(new GetConnectionHistory(id, 'org_A', size, 99));
    expect(behind).toEqual({ entries: [], next: null });
  });

  describe('keeps what people write beside the log', () => {
    const kept = (): Promise<NewText[]> => model.database.reader.selectFrom('texts').selectAll().execute();

    it('and only commitments to it in the log', async () => {
      await handshake();
      const texts = await kept();
      expect(texts.map(({ text }) => text).sort()).toEqual(['Partner', 'again', 'over']);
      expect(texts.map(({ salt, text }) => commitmentTo(salt, text))).toEqual(
        texts.map(({ commitment }) => commitment),
      );
      expect(new Set(texts.map(({ salt }) => salt)).size).toBe(3);
      const log = (await everything(model.store)).map(({ data }) => data);
      expect(JSON.stringify(log)).not.toMatch(/Partner|again|over/);
      const committed = log.flatMap((data) => data['name-commitment'] ?? data['reason-commitment'] ?? []);
      expect(committed.sort()).toEqual(texts.map(({ commitment }) => commitment).sort());
      const rows = JSON.stringify(await model.rows());
      expect(rows).not.toContain('Partner');
    });

    it('trimmed, where it is a name', async () => {
      const created = await create('org_B', contextOf('org_A'), '  Partner\n');
      expect(created.connection.name).toEqual({ text: 'Partner' });
      expect(await kept()).toMatchObject([{ text: 'Partner' }]);
    });

    it('and nothing where nothing was written, refused or only tried', async () => {
      await create('org_B', contextOf('org_A', { dryRun: true }), 'Partner');
      await create('org_B', contextOf('org_A'), null);
      await deactivate();
      await expect(deactivate(contextOf('org_A'), 'twice')).rejects.toBeInstanceOf(IllegalTransition);
      await expect(deactivate(contextOf('org_C'), 'a stranger')).rejects.toBeInstanceOf(ConnectionNotFound);
      await expect(deactivate(contextOf('org_A', { ifMatch: [0] }), 'late')).rejects.toBeInstanceOf(StaleRevision);
      expect(await kept()).toEqual([]);
    });

    it('once, however many raced or came again', async () => {
      const once = contextOf('org_A', { attempt: attemptOf('key-1') });
      await Promise.allSettled(Array.from({ length: 20 }, () => create('org_B', once)));
      await Promise.allSettled(Array.from({ length: 20 }, () => create()));
      await Promise.allSettled(Array.from({ length: 20 }, () => deactivate(contextOf('org_B'), 'over')));
      expect((await kept()).map(({ text }) => text).sort()).toEqual(['Partner', 'over']);
    });

    it('and gives it to those who read the past', async () => {
      await handshake();
      const then = await queries.execute(new GetConnection(id, 'org_B', { revision: 0 }));
      expect(then.connection).toMatchObject({ status: 'pending', name: { text: 'Partner' } });
    });

    it('but reads it from the log where the first version of an event has it there', async () => {
      const metadata = {
        'schema-version': 1,
        actor: { type: 'api-key', id: 'api_1', 'organization-id': 'org_S', role: 'source' },
        'occurred-at': '2026-06-01T00:00:00.000Z',
      };
      const old = connectionIdOf('org_S', 'org_D1');
      await model.appendRaw(1, {
        type: 'ConnectionCreated',
        data: {
          'connection-id': old,
          'source-organization-id': 'org_S',
          'destination-organization-id': 'org_D1',
          name: 'In the clear',
          scopes: ['inquiry.read'],
        },
        metadata,
      });
      const event = { stream: streamOf(old), type: 'ConnectionDeactivated', data: { reason: 'Also clear' }, metadata };
      await model.store.append(event.stream, 0, [{ ...event, id: randomUUID() }]);
      await model.caughtUp(projector);
      const shown = { name: { text: 'In the clear' }, status: 'inactive' };
      expect((await queries.execute(new GetConnection(old, 'org_S'))).connection).toMatchObject(shown);
      const found = await queries.execute(new ListConnections('org_S', { name: 'CLEAR' }, 10));
      expect(found.connections).toMatchObject([{ connection: shown }]);
      const { entries } = await queries.execute(new GetConnectionHistory(old, 'org_S', 10));
      expect(entries.map(({ text }) => text)).toEqual(['In the clear', 'Also clear']);
      expect(await kept()).toEqual([]);
    });
  });

  describe('takes texts away', () => {
    const kept = async (): Promise<string[]> =>
      (await model.database.reader.selectFrom('texts').select('text').execute()).map(({ text }) => text).sort();
    const operator = { ...contextOf('org_A'), by: { type: 'system', id: 'cli', organizationId: null } } as const;
    const redact = (revision: number, context: CommandContext<Redactor> = contextOf('org_A'), of = id) =>
      commands.execute(new RedactText(of, revision, context));
    const written = async (): Promise<unknown[]> =>
      (await queries.execute(new GetConnectionHistory(id, 'org_A', 100))).entries.map(({ text }) => text);

    it('for every reader, and the hash of every event stays valid', async () => {
      await handshake();
      const taken = await redact(0);
      expect(taken.connection.name).toEqual({ commitment: expect.any(String) as string });
      expect(taken).toMatchObject({ revision: 5, connection: { status: 'active' } });
      expect(await kept()).toEqual(['again', 'over']);
      expect(await written()).toEqual([redacted, null, 'over', 'again', null, null]);
      await model.caughtUp(projector);
      for (const past of [null, { revision: 0 }, { revision: 5 }]) {
        const { connection } = await queries.execute(new GetConnection(id, 'org_B', past));
        expect(legible(connection.name)).toBeNull();
      }
      const listed = await queries.execute(new ListConnections('org_B', {}, 10));
      expect(listed.connections).toMatchObject([{ revision: 5, connection: { name: taken.connection.name } }]);
      expect((await queries.execute(new ListConnections(null, { name: 'Partner' }, 10))).connections).toEqual([]);
      for (const event of await everything(model.store)) expect(hashOf(event)).toBe(expectedHash(event));
    });

    it('of any events in any order, and no others', async () => {
      const reasons = ['one', 'two', 'three', 'four'];
      const parties = ['org_A', 'org_B', 'org_C', 'org_D', 'org_E', 'org_F'];
      const pairs = parties.flatMap((from) => parties.filter((to) => to !== from).map((to) => [from, to] as const));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat({ max: 4 }), { maxLength: 6 }), async (revisionsGone) => {
          const [from, to] = pairs.pop()!;
          const by = contextOf(from);
          const of = connectionIdOf(from, to);
          await create(to, by, 'zero');
          for (const [index, reason] of reasons.entries()) {
            const step = index % 2 === 0 ? DeactivateConnection : ReactivateConnection;
            await commands.execute(new step(of, reason, by));
          }
          for (const revision of revisionsGone) await redact(revision, by, of);
          const { entries } = await queries.execute(new GetConnectionHistory(of, from, 100));
          const wrote = ['zero', ...reasons].map((text, revision) =>
            revisionsGone.includes(revision) ? redacted : text,
          );
          expect(entries.map(({ text }) => text)).toEqual([...wrote, ...[...new Set(revisionsGone)].map(() => null)]);
          let before: string | null = null;
          for await (const event of model.store.read(streamOf(of))) {
            expect([hashOf(event), event.metadata['previous-hash']]).toEqual([expectedHash(event), before]);
            before = hashOf(event);
          }
        }),
        { numRuns: 15, endOnFailure: true },
      );
      await model.caughtUp(projector);
      expect(await model.rows()).toEqual(await model.rowsByTheLog());
    });

    it('once, whoever asks again', async () => {
      await create();
      const first = await redact(0);
      expect(first.position).not.toBeNull();
      expect(await redact(0, operator)).toMatchObject({ revision: 1, connection: first.connection });
      expect(await revisions()).toEqual([0, 1]);
    });

    it('once a request, and again what its retry finds there', async () => {
      await create();
      const texts = await model.database.reader.selectFrom('texts').selectAll().execute();
      const once = contextOf('org_A', { attempt: attemptOf('key-1') });
      const first = await redact(0, once);
      await model.caughtUp(projector);
      await model.database.writer.insertInto('texts').values(texts).execute();
      await activate();
      expect(await redact(0, once)).toEqual(first);
      expect(await kept()).toEqual([]);
      expect(await revisions()).toEqual([0, 1, 2]);
    });

    it('also when the process that was to do it died in between', async () => {
      await create();
      const [text] = await model.database.reader.selectFrom('texts').selectAll().execute();
      const event = {
        type: 'ConnectionTextRedacted',
        revision: 0,
        commitment: text!.commitment,
        actor: { ...operator.by, role: 'platform' },
        occurredAt: '2026-06-01T00:00:00.000Z',
      } as const;
      const provenance = { requestId: 'r', correlationId: 'r', causationId: 'r', idempotencyKey: null };
      const { position } = await model.store.append(streamOf(id), 0, [encode(event, randomUUID(), provenance)]);
      expect(await projector.reached(position, 20_000)).toBe(true);
      expect(await kept()).toEqual([]);
    });

    it('and is refused by the rules, taking nothing away', async () => {
      await create();
      await activate();
      const missing = connectionIdOf('org_B', 'org_A');
      await expect(redact(0, contextOf('org_C'))).rejects.toBeInstanceOf(ConnectionNotFound);
      await expect(redact(0, contextOf('org_A'), missing)).rejects.toBeInstanceOf(ConnectionNotFound);
      await expect(redact(0, operator, missing)).rejects.toBeInstanceOf(ConnectionNotFound);
      await expect(redact(0, contextOf('org_B'))).rejects.toBeInstanceOf(NotItsAuthor);
      await expect(redact(1, contextOf('org_B'))).rejects.toBeInstanceOf(NothingWritten);
      await expect(redact(2)).rejects.toBeInstanceOf(NoSuchEvent);
      await expect(redact(0, contextOf('org_A', { ifMatch: [0] }))).rejects.toBeInstanceOf(StaleRevision);
      expect(await redact(0, contextOf('org_A', { dryRun: true }))).toMatchObject({ revision: 1 });
      expect(await revisions()).toEqual([0, 1]);
      expect(await kept()).toEqual(['Partner']);
      expect(await redact(0, contextOf('org_A', { ifMatch: [1] }))).toMatchObject({ revision: 2 });
    });
  });
});
