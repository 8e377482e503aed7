import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { commitmentTo, type NewText } from '@connections/connection/texts';
import { chance } from '../support/chance';
import { Client } from '../support/client';
import { type RunningService, startService } from '../support/service';
import { temporaryFolder } from '../support/temporary-folder';
import { type Attempt, Burst, send } from './burst';
import { type Folded, LogAudit } from './log-audit';

/** Both can be set for a longer run, or to run a failure again. */
const CYCLES = Number(process.env['CRASH_CYCLES'] ?? 100);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 2 ** 32);

/** Answers after which the service is killed, at most. */
const LONGEST_BURST = 40;
/** More than a cycle can take on a machine that is busy with other things, in milliseconds. */
const PATIENCE = 10_000;

describe(`a service that is killed ${CYCLES} times while it is commanded (CRASH_SEED=${SEED})`, () => {
  const folder = temporaryFolder();
  const random = chance(SEED);
  let service: RunningService;
  let burst: Burst;
  let audit: LogAudit;
  /** What the demonstration had written before anything was killed. */
  let before: ReadonlySet<string>;
  beforeAll(async () => {
    service = await startService(folder.path);
    burst = new Burst(service.demo.platform.key, random);
    audit = new LogAudit(folder.path);
    audit.readOn();
    before = audit.correlationIds;
  });
  afterAll(async () => {
    await service.stop();
    folder.remove();
  });

  it(
    'has in its log exactly what it answered, after every start',
    async () => {
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        const { demo } = service;
        const since = burst.attempts.length;
        await burst.run(demo.url, 1 + random(LONGEST_BURST), async () => {
          expect(service.process.exitCode).toBeNull();
          await service.kill();
        });
        service = await startService(folder.path);
        expect({ ...service.demo, url: demo.url }).toEqual(demo);
        const answered = burst.attempts.slice(since).filter(({ answer }) => answer !== null);
        await burst.retryUnanswered(service.demo.url);
        audit.readOn();
        audit.expectAnswersOf(burst.attempts.slice(since));
        audit.expectNothingElseSince(before, burst.attempts);
        await expectReplays(answered);
        await expectReadsToFollow();
      }
    },
    CYCLES * PATIENCE,
  );

  it('had something to lose', () => {
    const unanswered = burst.attempts.filter(({ answer }) => answer === null);
    const heard = burst.attempts.flatMap(({ answer }) => (answer === null ? [] : [answer.status]));
    expect(unanswered.length).toBeGreaterThan(0);
    expect(new Set(heard)).toEqual(new Set([200, 201, 403, 409]));
    expect(audit.connections.size).toBeGreaterThan(CYCLES / 4);
  });

  it('has a log that stands up to a reading from its beginning, and repeated requests had one effect', async () => {
    const whole = new LogAudit(folder.path);
    whole.readOn();
    whole.expectAnswersOf(burst.attempts);
    expect(whole.connections).toEqual(audit.connections);
  });

  it('has a read model that equals a replay of the log', async () => {
    const platform = new Client(service.demo.url, service.demo.platform.key);
    const seen = await platform.get('/connect/connections', { headers: { 'connect-position': audit.head } });
    expect(seen.status).toBe(200);
    const database = openDatabase();
    const rows = database.prepare<[], Folded>('select * from connections').all();
    database.close();
    const byId = (one: Folded, other: Folded): number => (one.id < other.id ? -1 : 1);
    expect(rows.sort(byId)).toEqual([...audit.connections.values()].sort(byId));
  });

  it('has every text that its log commits to', () => {
    const database = openDatabase();
    const texts = database.prepare<[], NewText>('select * from texts').all();
    database.close();
    const kept = texts.map(({ salt, text }) => commitmentTo(salt, text));
    expect(kept).toEqual(texts.map(({ commitment }) => commitment));
    expect(audit.commitments.size).toBeGreaterThan(CYCLES / 4);
    expect([...audit.commitments].filter((commitment) => !kept.includes(commitment))).toEqual([]);
  });

  it('has every organization and key that it answered, once', () => {
    const database = openDatabase();
    const named = (table: string): string[] =>
      database.prepare<[], string>(`select name from ${table} where request not like 'demo %'`).pluck().all();
    const made = { organization: named('organizations'), 'api-key': named('api_keys') };
    database.close();
    for (const kind of ['organization', 'api-key'] as const) {
      const asked = burst.attempts.filter((attempt) => attempt.kind === kind);
      const names = asked.map(({ attributes }) => (attributes as { name: string }).name);
      expect(asked.map(({ answer }) => answer?.status)).toEqual(asked.map(() => 201));
      expect(made[kind].sort()).toEqual(names.sort());
    }
  });

  it('has files that SQLite finds nothing wrong with', () => {
    for (const file of ['events.sqlite', 'connections.sqlite']) {
      const database = new SqliteDatabase(join(folder.path, file), { readonly: true });
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
    }
  });

  const openDatabase = (): InstanceType<typeof SqliteDatabase> =>
    new SqliteDatabase(join(folder.path, 'connections.sqlite'), { readonly: true });

  /** What was answered before the crash is answered the same after it. */
  const expectReplays = async (answered: readonly Attempt[]): Promise<void> => {
    const careful = answered.filter(({ idempotencyKey }) => idempotencyKey !== null);
    for (const attempt of careful.slice(-3)) {
      const again = await send(service.demo.url, attempt);
      expect([attempt.name, again?.headers.get('idempotent-replayed')]).toEqual([attempt.name, 'true']);
      expect(again?.status).toBe(attempt.answer?.status);
      expect(again?.headers.get('etag')).toBe(attempt.answer?.headers.get('etag'));
      if (attempt.kind !== 'api-key') expect(again?.text).toBe(attempt.answer?.text);
    }
  };

  /** The read model has caught up with the log, whatever was under way when it was killed. */
  const expectReadsToFollow = async (): Promise<void> => {
    const platform = new Client(service.demo.url, service.demo.platform.key);
    const seen = await platform.get('/connect/connections?page[size]=100', {
      headers: { 'connect-position': audit.head },
    });
    expect(seen.status).toBe(200);
    const newest = [...audit.connections.values()].sort((a, b) => (a.created_position < b.created_position ? 1 : -1));
    const told = (id: string, status: string, revision: number): unknown => ({ id, status, revision });
    expect(
      seen.body.data.map((found: { id: string; attributes: { status: string }; meta: { revision: number } }) =>
        told(found.id, found.attributes.status, found.meta.revision),
      ),
    ).toEqual(newest.slice(0, 100).map(({ id, status, revision }) => told(id, status, revision)));
  };
});
