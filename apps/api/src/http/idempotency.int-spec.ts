import type { Kysely } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import { idempotencyMigrations, type IdempotencyTables } from '@connections/host/idempotency.tables';
import { Idempotency, type IdempotentRequest } from './idempotency';
import { Overtaken } from '@connections/event-store/event-store';
import { ProblemError } from './problems';

const request: IdempotentRequest = {
  claim: 'first',
  scope: 'org_A',
  key: 'k',
  method: 'POST',
  url: '/x',
  ifMatch: null,
  body: { a: 1 },
};
/** The same request, tried again. */
const retry: IdempotentRequest = { ...request, claim: 'second' };
const answer = { status: 201, headers: { etag: '"0"' }, body: { data: 1 } };

/** Polls for something that raises no event. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

describeDatabases('remembered answers', (databases) => {
  let place: string;
  let database: Database<IdempotencyTables>;
  let idempotency: Idempotency;
  beforeAll(async () => {
    place = await databases.newPlace();
    database = await databases.open(place);
    await migrate(database.writer as unknown as Kysely<never>, idempotencyMigrations);
  });
  beforeEach(async () => {
    await database.writer.deleteFrom('idempotency').execute();
    idempotency = new Idempotency(database);
  });

  const claimedUntil = async (): Promise<number> =>
    (await database.reader.selectFrom('idempotency').select('claimed_until').executeTakeFirstOrThrow()).claimed_until;
  /** Expires all claims, as time alone would do. */
  const letClaimsLapse = () => database.writer.updateTable('idempotency').set({ claimed_until: 1 }).execute();

  it('are given again to the same request', async () => {
    expect(await idempotency.claim(request)).toBeNull();
    await idempotency.complete(request, answer);
    expect(await idempotency.claim(request)).toEqual(answer);
  });

  it('are not given to another request, or while the first is under way', async () => {
    await idempotency.claim(request);
    await expect(idempotency.claim(request)).rejects.toThrow(/still under way/);
    await expect(idempotency.claim({ ...request, body: { a: 2 } })).rejects.toThrow(ProblemError);
    expect(await idempotency.claim({ ...request, scope: 'org_B' })).toBeNull();
  });

  it('leave a request that came to nothing to its next try', async () => {
    await idempotency.claim(request);
    await idempotency.release(request);
    expect(await idempotency.claim(request)).toBeNull();
  });

  it('leave a request whose process died to its next try, which alone may then answer it', async () => {
    await idempotency.claim(request);
    await letClaimsLapse();
    const other = new Idempotency(await databases.open(place));
    expect(await other.claim(retry)).toBeNull();
    // The first try was not dead, but slow.
    await idempotency.complete(request, { ...answer, status: 200 });
    await idempotency.release(request);
    await expect(idempotency.claim({ ...request, claim: 'third' })).rejects.toThrow(/still under way/);
    await other.complete(retry, answer);
    expect(await idempotency.claim({ ...request, claim: 'third' })).toEqual(answer);
  });

  describe('of a process that stood still', () => {
    afterEach(() => void jest.restoreAllMocks());
    const standStill = (): void => {
      const before = performance.now();
      jest.spyOn(performance, 'now').mockReturnValue(before + 3_600_000);
    };

    it('are still for it to make where nobody has come meanwhile, and are kept from others again', async () => {
      await idempotency.claim(request);
      await idempotency.unlessOvertaken(request.claim);
      await letClaimsLapse();
      standStill();
      await idempotency.unlessOvertaken(request.claim);
      await expect(idempotency.claim(retry)).rejects.toThrow(/still under way/);
    });

    it('are not for it to make any more where another try has taken over, or was answered', async () => {
      const other = new Idempotency(await databases.open(place));
      await idempotency.claim(request);
      await letClaimsLapse();
      standStill();
      await other.claim(retry);
      await expect(idempotency.unlessOvertaken(request.claim)).rejects.toThrow(Overtaken);
      await other.complete(retry, answer);
      await expect(idempotency.unlessOvertaken(request.claim)).rejects.toThrow(Overtaken);
      expect(await idempotency.claim({ ...request, claim: 'third' })).toEqual(answer);
    });
  });

  describe('of a request that takes effect in the same database', () => {
    /** Has a visible effect, and settles it along with the claim. */
    const takeEffect = (settled: typeof answer | null): Promise<void> =>
      database.transaction('durable', async (tx) => {
        const effect = { scope: 'effect', key: 'e', fingerprint: '', claimed_by: '', claimed_until: 0, created_at: 0 };
        await tx.insertInto('idempotency').values(effect).execute();
        await idempotency.settle(tx, request, settled);
      });
    const effects = async (): Promise<number> =>
      (await database.reader.selectFrom('idempotency').select('key').where('scope', '=', 'effect').execute()).length;

    it('are remembered with the effect, though the process died before it could say so', async () => {
      await idempotency.claim(request);
      await takeEffect(answer);
      await letClaimsLapse();
      expect(await new Idempotency(database).claim(retry)).toEqual(answer);
      expect(await effects()).toBe(1);
    });

    it('are left to the next try where it recognises the effect, and the claim is kept till then', async () => {
      await idempotency.claim(request);
      await letClaimsLapse();
      await takeEffect(null);
      await expect(new Idempotency(database).claim(retry)).rejects.toThrow(/still under way/);
      await letClaimsLapse();
      expect(await new Idempotency(database).claim(retry)).toBeNull();
    });

    it.each([
      ['an answer', answer],
      ['none', null],
    ])('are not for it to make where another try has taken over: with %s, there is no effect', async (_, settled) => {
      await idempotency.claim(request);
      await letClaimsLapse();
      const other = new Idempotency(await databases.open(place));
      await other.claim(retry);
      await expect(takeEffect(settled)).rejects.toThrow(Overtaken);
      await other.complete(retry, { ...answer, status: 409 });
      await expect(takeEffect(settled)).rejects.toThrow(Overtaken);
      expect(await effects()).toBe(0);
      expect(await idempotency.claim({ ...request, claim: 'third' })).toMatchObject({ status: 409 });
    });
  });

  it('leave a request to its next try when the clock of the database was put back meanwhile', async () => {
    await idempotency.claim(request);
    const put = { claimed_until: (await claimedUntil()) + 3_600_000 };
    await database.writer.updateTable('idempotency').set(put).execute();
    expect(await new Idempotency(await databases.open(place)).claim(retry)).toBeNull();
  });

  it('are not waited for where the service has started anew, unless others are at work as well', async () => {
    await idempotency.claim(request);
    const started = new Idempotency(await databases.open(place));
    await started.start();
    started.onApplicationShutdown();
    const trying = started.claim(retry);
    if (databases.engine === 'sqlite') expect(await trying).toBeNull();
    else await expect(trying).rejects.toThrow(/still under way/);
  });

  it('are waited for as long as somebody is at work, however long that takes', async () => {
    await idempotency.start();
    await idempotency.claim(request);
    await letClaimsLapse();
    await until(async () => (await claimedUntil()) > Date.now());
    await expect(new Idempotency(database).claim(retry)).rejects.toThrow(/still under way/);
    await idempotency.complete(request, answer);
    idempotency.onApplicationShutdown();
    expect(await new Idempotency(database).claim(retry)).toEqual(answer);
  });

  it('are waited for of however many requests, of whatever organizations, and of those alone that are under way', async () => {
    const all = Array.from({ length: 1_200 }, (_, n) => ({
      ...request,
      scope: `org_${n % 3}`,
      key: `k${n}`,
      claim: `claim ${n}`,
    }));
    for (const each of all) await idempotency.claim(each);
    await idempotency.complete(all[0]!, answer);
    await letClaimsLapse();
    await new Idempotency(database).claim({ ...all[1]!, claim: 'another' });
    const standing = performance.now() + 2_000;
    jest.spyOn(performance, 'now').mockReturnValue(standing);
    await Promise.all([idempotency.renew(), idempotency.renew()]);
    jest.restoreAllMocks();
    const lapsed = await database.reader
      .selectFrom('idempotency')
      .select(['key', 'claimed_by'])
      .where('claimed_until', '=', 1)
      .execute();
    expect(lapsed).toEqual([{ key: 'k0', claimed_by: 'claim 0' }]);
    const { claimed_by } = await database.reader
      .selectFrom('idempotency')
      .select('claimed_by')
      .where('key', '=', 'k1')
      .executeTakeFirstOrThrow();
    expect(claimed_by).toBe('another');
  });

  it('are given by one of several processes that are asked at once, and by all of them afterwards', async () => {
    const all = [idempotency];
    for (let other = 0; other < 2; other += 1) all.push(new Idempotency(await databases.open(place)));
    for (let round = 0; round < 20; round += 1) {
      const tries = Array.from({ length: 12 }, (_, n) => ({ ...request, key: `k${round}`, claim: `${round} ${n}` }));
      const by = (n: number): Idempotency => all[n % all.length]!;
      const heard = await Promise.allSettled(tries.map((each, n) => by(n).claim(each)));
      const winners = tries.filter((_, n) => heard[n]!.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const each of heard) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ProblemError);
      await by(tries.indexOf(winners[0]!)).complete(winners[0]!, answer);
      for (const process of all) expect(await process.claim({ ...winners[0]!, claim: 'later' })).toEqual(answer);
    }
  });

  it('are given by one of several processes that find a claim lapsed at the same moment', async () => {
    const all = [idempotency, new Idempotency(await databases.open(place))];
    for (let round = 0; round < 20; round += 1) {
      const key = `k${round}`;
      await idempotency.claim({ ...request, key, claim: `dead ${round}` });
      await letClaimsLapse();
      const tries = Array.from({ length: 6 }, (_, n) => all[n % 2]!.claim({ ...request, key, claim: `${round} ${n}` }));
      const heard = await Promise.allSettled(tries);
      expect(heard.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });

  it('are refused to one request without any harm to those that came with it', async () => {
    await idempotency.claim(request);
    const others = Array.from({ length: 5 }, (_, n) => ({ ...request, key: `other ${n}` }));
    const heard = await Promise.allSettled([request, ...others].map((each) => idempotency.claim(each)));
    expect(heard.map(({ status }) => status)).toEqual(['rejected', ...others.map(() => 'fulfilled')]);
    // A scope that PostgreSQL cannot store, whatever form keys may have one day.
    const unfit = { ...request, key: 'unfit', scope: '\0' };
    const fit = { ...request, key: 'fit' };
    const [, last] = await Promise.allSettled([unfit, fit].map((each) => idempotency.claim(each)));
    expect(last).toEqual({ status: 'fulfilled', value: null });
  });

  it('are forgotten when they are old, however many there are, and kept while they are not', async () => {
    const old = Array.from({ length: 1_200 }, (_, index) => ({
      scope: 'org_A',
      key: `old ${index}`,
      fingerprint: '',
      claimed_by: '',
      claimed_until: 0,
      created_at: Date.now() - 26 * 3_600_000,
      status: 200,
      headers: '{}',
      body: '{}',
    }));
    for (let start = 0; start < old.length; start += 100) {
      await database.writer
        .insertInto('idempotency')
        .values(old.slice(start, start + 100))
        .execute();
    }
    await idempotency.claim(request);
    await idempotency.forgetOld();
    expect(await database.reader.selectFrom('idempotency').select('key').execute()).toEqual([{ key: 'k' }]);
  });

  it('that are old but not forgotten yet no longer count', async () => {
    await idempotency.claim(request);
    await idempotency.complete(request, answer);
    await database.writer
      .updateTable('idempotency')
      .set({ created_at: Date.now() - 26 * 3_600_000 })
      .execute();
    expect(await idempotency.claim({ ...request, body: null })).toBeNull();
  });
});
