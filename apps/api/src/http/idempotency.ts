import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { CompiledQuery, Kysely } from 'kysely';
import type { JsonObject } from '@connections/event-store/event-store';
import { Database } from '@connections/database/database';
import { RECOGNISED_FOR } from '@connections/event-store/recorded-requests';
import type { IdempotencyTables } from '@connections/host/idempotency.tables';
import { ProblemError } from './problems';

/** What was answered the first time. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export interface IdempotentRequest {
  /** Names this try, so that one whose claim went void never touches the claim of the next. */
  readonly claim: string;
  /** The organization, or `platform`. */
  readonly scope: string;
  readonly key: string;
  readonly method: string;
  readonly url: string;
  /** The condition that the request was made under. */
  readonly ifMatch: string | null;
  readonly body: unknown;
}

/** For so long an answer is kept at least, in milliseconds: longer than a retry is recognised without it. */
const KEPT_FOR = RECOGNISED_FOR + 3_600_000;
/** Records removed in one transaction. */
const FORGOTTEN_AT_ONCE = 500;
/** A claim is void after this, in milliseconds: longer than any request can take. */
const CLAIMED_FOR = 60_000;

/**
 * Remembers what was answered under an idempotency key. It saves a retry from being carried out again; that nothing
 * takes effect twice is not left to it: the log and the directory recognise a repeated request by themselves, also
 * when the process died before the answer could be remembered.
 */
@Injectable()
export class Idempotency {
  readonly #statements: ReturnType<typeof statementsOf>;
  #pending: Pending[] = [];

  constructor(@Inject(Database) private readonly database: Database<IdempotencyTables>) {
    this.#statements = statementsOf(database.reader);
  }

  /**
   * Voids what processes of the past had claimed. Only for a store that has one process at a time.
   * Forgets what is older than it need be kept.
   */
  async start(): Promise<void> {
    await this.database.writer
      .updateTable('idempotency')
      .set({ claimed_until: 0 })
      .where('status', 'is', null)
      .execute();
    await this.forgetOld();
  }

  async forgetOld(): Promise<void> {
    const before = Date.now() - KEPT_FOR;
    for (let forgotten = 1n; forgotten > 0n;) {
      // A few at a time, so that nobody waits long for it.
      forgotten = await this.database.transaction('relaxed', async (tx) => {
        const old = tx.selectFrom('idempotency').where('created_at', '<', before).limit(FORGOTTEN_AT_ONCE);
        const { numDeletedRows } = await tx
          .deleteFrom('idempotency')
          .where((where) =>
            where(where.refTuple('scope', 'key'), 'in', old.select(['scope', 'key']).$asTuple('scope', 'key')),
          )
          .executeTakeFirst();
        return numDeletedRows;
      });
      await nextTurn();
    }
  }

  /**
   * Claims the key for this request.
   * @returns what was answered before, or null when the request is to be carried out now.
   * @throws ProblemError when the key was used for another request, or the first one is still under way.
   */
  async claim(request: IdempotentRequest): Promise<RecordedAnswer | null> {
    const { scope, key } = request;
    const fingerprint = hash(
      'sha256',
      JSON.stringify([request.method, request.url, request.ifMatch, request.body ?? null]),
    );
    const now = Date.now();
    const claim = { fingerprint, claimed_by: request.claim, claimed_until: now + CLAIMED_FOR };
    return this.#together(async (tx) => {
      const parameters = [scope, key, fingerprint, claim.claimed_by, claim.claimed_until, now];
      const inserted = await tx.executeQuery({ ...this.#statements.claim, parameters });
      if (inserted.numAffectedRows === 1n) return null;
      const row = await tx
        .selectFrom('idempotency')
        .selectAll()
        .where('scope', '=', scope)
        .where('key', '=', key)
        .executeTakeFirstOrThrow();
      if (row.created_at < now - KEPT_FOR) {
        const fresh = { ...claim, created_at: now, status: null, headers: null, body: null };
        await tx.updateTable('idempotency').set(fresh).where('scope', '=', scope).where('key', '=', key).execute();
        return null;
      }
      if (row.fingerprint !== fingerprint) throw mismatch();
      if (row.status !== null) {
        const headers = JSON.parse(row.headers ?? '{}') as Record<string, string>;
        return { status: row.status, headers, body: JSON.parse(row.body ?? '{}') as JsonObject };
      }
      if (row.claimed_until > now) throw inFlight();
      await tx.updateTable('idempotency').set(claim).where('scope', '=', scope).where('key', '=', key).execute();
      return null;
    });
  }

  /** Remembers the answer. */
  async complete({ scope, key, claim }: IdempotentRequest, answer: RecordedAnswer): Promise<void> {
    const parameters = [answer.status, JSON.stringify(answer.headers), JSON.stringify(answer.body), scope, key, claim];
    await this.#together((tx) => tx.executeQuery({ ...this.#statements.complete, parameters }));
  }

  /** Lets the next try be carried out: this one came to nothing that should be repeated to the client. */
  async release({ scope, key, claim }: IdempotentRequest): Promise<void> {
    await this.#together((tx) =>
      tx
        .updateTable('idempotency')
        .set({ claimed_until: 0 })
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('claimed_by', '=', claim)
        .execute(),
    );
  }

  /** Runs what arrives in one turn of the event loop in one transaction; each is settled after the commit. */
  #together<T>(work: (tx: Kysely<IdempotencyTables>) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) setImmediate(() => void this.#commit());
      this.#pending.push({
        run: (tx) =>
          work(tx).then(
            (result) => () => resolve(result),
            (error: unknown) => () => reject(error),
          ),
        reject,
      });
    });
  }

  async #commit(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    const settled: (() => void)[] = [];
    try {
      await this.database.transaction('relaxed', async (tx) => {
        for (const { run } of batch) settled.push(await run(tx));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const settle of settled) settle();
  }
}

interface Pending {
  /** Does the work, and gives what tells its outcome to whoever waits. */
  readonly run: (tx: Kysely<IdempotencyTables>) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/** What every request with a key runs; built once. */
function statementsOf(builder: Kysely<IdempotencyTables>): { claim: CompiledQuery; complete: CompiledQuery } {
  const claim = { scope: '', key: '', fingerprint: '', claimed_by: '', claimed_until: 0, created_at: 0 };
  return {
    claim: builder
      .insertInto('idempotency')
      .values(claim)
      .onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
      .compile(),
    complete: builder
      .updateTable('idempotency')
      .set({ status: 0, headers: '', body: '' })
      .where('scope', '=', '')
      .where('key', '=', '')
      .where('claimed_by', '=', '')
      .compile(),
  };
}

const header = 'Idempotency-Key';

const mismatch = (): ProblemError =>
  new ProblemError({
    code: 'idempotency-mismatch',
    details:
      'This Idempotency-Key was used for another request: another path, query or body. Use a new key for a new request.',
    source: { header },
  });

const inFlight = (): ProblemError =>
  new ProblemError(
    {
      code: 'request-in-flight',
      details: 'A request with this Idempotency-Key is still under way. Try again to hear its answer.',
      source: { header },
    },
    { retryAfter: 1 },
  );
