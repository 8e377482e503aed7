import type { CallHandler, ExecutionContext } from '@nestjs/common';
import type { Kysely } from 'kysely';
import pino from 'pino';
import { defer, lastValueFrom } from 'rxjs';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import { describeDatabases } from '@connections/database/testing/databases';
import type { DirectoryTables } from '@connections/directory/directory.tables';
import { Overtaken } from '@connections/event-store/event-store';
import { idempotencyMigrations, type IdempotencyTables } from '@connections/host/idempotency.tables';
import type { Attempt } from './attempt';
import { Idempotency } from './idempotency';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';

const request = {
  headers: { 'idempotency-key': 'k' },
  caller: { organizationId: 'org_A' },
  query: {},
  method: 'POST',
  url: '/x',
  body: {},
};
const reply = { statusCode: 200, hasHeader: () => false, status: () => reply, headers: () => reply };
const done = { data: { attributes: { name: 'x' } } };
let last: Partial<AuthenticatedRequest> = {};
const context = {
  switchToHttp: () => ({ getRequest: () => (last = { ...request } as object), getResponse: () => reply }),
} as unknown as ExecutionContext;
/** The attempt of the last request. */
const attempt = (): Attempt => last.attempt as Attempt;

const ended = (code: 'illegal-transition' | 'unavailable'): ProblemError => new ProblemError({ code, details: 'No.' });

describeDatabases('a request under an idempotency key', (databases) => {
  let database: Database<IdempotencyTables>;
  let interceptor: IdempotencyInterceptor;
  beforeAll(async () => {
    database = await databases.open(await databases.newPlace());
    await migrate(database.writer as unknown as Kysely<never>, idempotencyMigrations);
  });
  beforeEach(async () => {
    await database.writer.deleteFrom('idempotency').execute();
    interceptor = new IdempotencyInterceptor(new Idempotency(database), pino({ enabled: false }));
  });

  const handled = (work: () => Promise<unknown>): Promise<unknown> => {
    const next: CallHandler = { handle: () => defer(work) };
    return lastValueFrom(interceptor.intercept(context, next));
  };
  const refused = (error = ended('illegal-transition')): Promise<unknown> => handled(() => Promise.reject(error));
  /** Lets the claim of a suspended try expire, and another try be answered meanwhile. */
  const meanwhile = async (other: () => Promise<unknown>): Promise<void> => {
    await database.writer.updateTable('idempotency').set({ claimed_until: 1 }).execute();
    await other();
  };

  it('is told its refusal, and its retries the same', async () => {
    const error = ended('illegal-transition');
    await expect(refused(error)).rejects.toBe(error);
    expect(await handled(async () => 'never asked for')).toMatchObject({ errors: [{ code: error.problems[0]?.code }] });
  });

  it('is not told a refusal where another try has taken the step meanwhile: it has to ask again', async () => {
    const late = handled(async () => {
      await meanwhile(() => handled(async () => done));
      throw ended('illegal-transition');
    });
    await expect(late).rejects.toThrow(Overtaken);
    expect(await handled(async () => 'never asked for')).toEqual(done);
  });

  it('is told what it has done, also where another try has come meanwhile', async () => {
    const late = handled(async () => {
      await meanwhile(() => expect(refused()).rejects.toThrow(ProblemError));
      return done;
    });
    expect(await late).toEqual(done);
  });

  it('is not told a secret that another try has replaced meanwhile', async () => {
    const late = handled(async () => {
      await database.transaction('durable', async (tx) =>
        attempt().settle(tx as Kysely<unknown> as Kysely<DirectoryTables>, null),
      );
      await meanwhile(() => handled(async () => done));
      return { data: { attributes: { key: 'replaced' } } };
    });
    await expect(late).rejects.toThrow(Overtaken);
  });

  it('is told what went wrong on our side, whoever has come meanwhile', async () => {
    const error = ended('unavailable');
    const late = handled(async () => {
      await meanwhile(() => handled(async () => done));
      throw error;
    });
    await expect(late).rejects.toBe(error);
  });
});
