import 'reflect-metadata';
import { join } from 'node:path';
import SqliteConnection from 'better-sqlite3';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Database } from '@connections/database/database';
import { openSqliteDatabase } from '@connections/database/sqlite-database';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { applyConventions } from './conventions';
import { ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';
import { RememberedReads } from './remembered-reads';

describe('remembered reads', () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'database.sqlite');
  let database: Database<{ notes: { text: string } }>;
  let fastify: FastifyInstance;
  /** How many answers were made by the handler. */
  let made: number;
  let remembered: number;
  /** Called while an answer is being made, after its data was read. */
  let meanwhile: () => Promise<unknown>;
  beforeAll(async () => {
    database = openSqliteDatabase(path);
    await database.writer.schema.createTable('notes').addColumn('text', 'text').execute();
    await database.writer.insertInto('notes').values({ text: 'first' }).execute();
  });
  beforeEach(async () => {
    [made, remembered] = [0, 0];
    meanwhile = async () => undefined;
    const guard = {
      async admit({ headers: { authorization, role } }: AuthenticatedRequest) {
        if (authorization === undefined) throw new ProblemError({ code: 'unauthenticated', details: 'Who is it?' });
        return { id: authorization, role, organizationId: null };
      },
    };
    const problems = {
      answer: (error: ProblemError, _: unknown, reply: { status(code: number): { send(body: object): void } }) =>
        reply.status(401).send({ errors: error.problems }),
    };
    const reads = new RememberedReads(
      database.as(),
      guard as never,
      { admit: async () => undefined } as never,
      problems as never,
      { countRemembered: () => (remembered += 1) } as never,
    );
    const notes = database.prepare(database.reader.selectFrom('notes').select('text').compile());
    fastify = Fastify();
    applyConventions(fastify);
    reads.open(fastify, ['/notes', '/notes/:id']);
    const answer = async (request: FastifyRequest): Promise<object> => {
      made += 1;
      const told = { data: await notes([]) };
      await meanwhile();
      return reads.keep(request as AuthenticatedRequest, told);
    };
    fastify.get('/notes', answer);
    fastify.get('/notes/:id', async (request, reply) => {
      // For an error after an answer was begun.
      if ((request.params as { id: string }).id === 'wrong') {
        reads.keep(request as AuthenticatedRequest, {});
        return reply.status(made++ === 0 ? 500 : 200).send({ data: 'was made' });
      }
      made += 1;
      return reply.header('etag', '"7"').send({ data: 'not kept' });
    });
  });
  afterEach(() => fastify.close());
  afterAll(async () => {
    await database.close();
    folder.remove();
  });

  const ask = (url = '/notes', headers: Record<string, string> = { authorization: 'one' }) =>
    fastify.inject({ method: 'GET', url, headers });
  const write = (text: string) => database.writer.updateTable('notes').set({ text }).execute();
  const texts = async (): Promise<unknown> => (await ask()).json();

  it('are answered as they were, without being made anew', async () => {
    const [first, second, again] = [await ask(), await ask(), await ask()];
    // Only a repeated question is remembered.
    expect([made, remembered]).toEqual([2, 1]);
    expect(second.body).toBe(first.body);
    expect(again.body).toBe(first.body);
    expect(Object.keys(again.headers)).toEqual(Object.keys(first.headers));
    expect(again.headers['request-id']).not.toBe(first.headers['request-id']);
  });

  it('are made anew once anything was written, by this process or another', async () => {
    await ask();
    await write('second');
    expect(await texts()).toEqual({ data: [{ text: 'second' }] });
    const other = new SqliteConnection(path);
    other.exec(`update notes set text = 'third'`);
    expect(await texts()).toEqual({ data: [{ text: 'third' }] });
    other.exec('create table something_else (number integer)');
    other.close();
    await ask();
    await ask();
    expect([made, remembered]).toEqual([4, 1]);
  });

  it('are not remembered where something was written while they were made', async () => {
    meanwhile = async () => {
      meanwhile = async () => undefined;
      await write('later');
    };
    expect(await texts()).not.toEqual({ data: [{ text: 'later' }] });
    expect(await texts()).toEqual({ data: [{ text: 'later' }] });
  });

  it('are of who asked, for what, and in which form', async () => {
    const forms: [string, Record<string, string>][] = [
      ['/notes', { authorization: 'one' }],
      ['/notes', { authorization: 'another' }],
      // A caller who was admitted before their role was changed.
      ['/notes', { authorization: 'one', role: 'admin' }],
      ['/notes?page[size]=1', { authorization: 'one' }],
      ['/notes', { authorization: 'one', 'key-inflection': 'camel' }],
      ['/notes', { authorization: 'one', accept: 'application/vnd.api+json' }],
    ];
    for (const [url, headers] of [...forms, ...forms, ...forms]) {
      const { headers: answered } = await ask(url, headers);
      expect(answered['content-type']).toMatch(headers['accept'] ?? 'application/json');
    }
    expect([made, remembered]).toEqual([2 * forms.length, forms.length]);
  });

  it('are for whoever is admitted', async () => {
    for (const _ of [1, 2, 3]) await ask();
    expect((await ask('/notes', {})).statusCode).toBe(401);
  });

  it('are none of those whose answers depend on more', async () => {
    const [first, again] = [await ask('/notes/1'), await ask('/notes/1')];
    expect(made).toBe(2);
    expect([first.headers.etag, again.headers.etag]).toEqual(['"7"', '"7"']);
  });

  it('are none of what went wrong', async () => {
    expect((await ask('/notes/wrong')).statusCode).toBe(500);
    expect((await ask('/notes/wrong')).statusCode).toBe(200);
    expect([made, remembered]).toEqual([2, 0]);
  });

  it('take no more memory than they may', async () => {
    const url = (number: number): string => `/notes?n=${number}${'0'.repeat(10_000)}`;
    for (let number = 0; number < 500; number += 1) {
      await ask(url(number));
      await ask(url(number));
    }
    await ask(url(499));
    expect([made, remembered]).toEqual([1_000, 1]);
    await ask(url(0));
    expect([made, remembered]).toEqual([1_001, 1]);
  });

  it('are told of a route that is not there', async () => {
    const other = Fastify();
    new RememberedReads(database.as(), {} as never, {} as never, {} as never, {} as never).open(other, ['/elsewhere']);
    await expect(other.ready()).rejects.toThrow('/elsewhere');
  });

  it('are made anew where the database does not tell whether it was written to', async () => {
    const silent = { engine: { version: () => Promise.reject(new Error('It is away.')) } };
    const [guard, freshness] = [{ admit: async () => ({ id: 'one' }) }, { admit: async () => undefined }];
    const other = Fastify();
    new RememberedReads(silent as never, guard as never, freshness as never, {} as never, {} as never).open(other, [
      '/notes',
    ]);
    other.get('/notes', async () => 'made');
    for (const _ of [1, 2]) expect((await other.inject('/notes')).body).toBe('made');
    await other.close();
  });
});
