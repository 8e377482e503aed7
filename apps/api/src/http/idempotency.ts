import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import { Database } from '@connections/database/database';
import { nowOf } from '@connections/database/dialect';
import { erasing } from '@connections/database/erasing';
import { type JsonObject, Overtaken } from '@connections/event-store/event-store';
import { RECOGNISED_FOR } from '@connections/event-store/recorded-requests';
import type { IdempotencyTables } from '@connections/host/idempotency.tables';
import { ProblemError } from './problems';

/** The answer that was given the first time. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export interface IdempotentRequest {
  /** Identifies this try, so that one whose claim expired never touches the claim of the next. */
  readonly claim: string;
  /** The organization, or `platform`. */
  readonly scope: string;
  readonly key: string;
  readonly method: string;
  readonly url: string;
  /** The If-Match header of the request. */
  readonly ifMatch: string | null;
  readonly body: unknown;
}

/** The least time that an answer is kept, in milliseconds: longer than a retry is recognised without it. */
const KEPT_FOR = RECOGNISED_FOR + 3_600_000;
/** How many records one transaction removes. */
const FORGOTTEN_AT_ONCE = 500;
/** A claim expires this long after its last renewal, in milliseconds: so long can a killed process block a retry. */
const CLAIMED_FOR = 5_000;
/** A claim that expires further in the future than this, in milliseconds, predates a clock set back, and is void. */
const NEVER_SO_LONG = 60_000;
/** How often this process renews its claims, in milliseconds. */
const RENEWED_EVERY = 1_500;
/** How many claims one statement renews. */
const RENEWED_AT_ONCE = 500;
/** How long a claim is renewed, in milliseconds: longer than any request can take. */
const RENEWED_FOR = 60_000;

/**
 * Stores the answers given under idempotency keys, which saves carrying out a retry again. That nothing takes effect
 * twice depends on it only for changes of existing rows of the directory (see `settle`): in all other cases the log, or
 * the created rows, let a repeated request be recognised, even when the process died before storing the answer, or lost
 * its claim. Claims are timed by the clock of the database, which all processes share.
 */
@Injectable()
export class Idempotency implements OnApplicationShutdown {
  readonly #statements: ReturnType<typeof statementsOf>;
  readonly #now: RawBuilder<number>;
  /** The claims of this process. */
  readonly #underWay = new Map<string, UnderWay>();
  #renewing: NodeJS.Timeout | undefined;
  #isRenewing = false;

  constructor(@Inject(Database) private readonly database: Database<IdempotencyTables>) {
    this.#now = nowOf(database.writer);
    this.#statements = statementsOf(database.writer, this.#now);
  }

  /** Removes old records, and renews this process's claims regularly from then on. */
  async start(): Promise<void> {
    if (this.database.engine.name === 'sqlite') await this.#voidAll();
    await this.forgetOld();
    this.#renewing = setInterval(() => {
      // A claim that cannot be renewed expires, and may go to another try.
      this.renew().catch(() => undefined);
    }, RENEWED_EVERY);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#renewing);
  }

  /** A SQLite file has one service at a time, so the process that made any earlier claim has ended. */
  async #voidAll(): Promise<void> {
    await this.database.writer
      .updateTable('idempotency')
      .set({ claimed_until: 0 })
      .where('status', 'is', null)
      .execute();
  }

  async forgetOld(): Promise<void> {
    const before = Date.now() - KEPT_FOR;
    for (let forgotten = 1n; forgotten > 0n;) {
      // In small portions, so that nobody waits long for the lock.
      forgotten = await this.database.transaction('relaxed', async (tx) => {
        const all = tx.selectFrom('idempotency').where('created_at', '<', before).limit(FORGOTTEN_AT_ONCE);
        // Processes that remove records at the same time take different ones.
        const old = this.database.engine.name === 'postgres' ? all.forUpdate().skipLocked() : all;
        const forgetting = tx
          .deleteFrom('idempotency')
          .where((where) =>
            where(where.refTuple('scope', 'key'), 'in', old.select(['scope', 'key']).$asTuple('scope', 'key')),
          );
        // An answer may contain a text that was redacted since.
        const { numDeletedRows } = await erasing(tx, () => forgetting.executeTakeFirst());
        return numDeletedRows;
      });
      await nextTurn();
    }
  }

  /**
   * Claims the key for this request.
   * @returns the earlier answer, or null when the request is to be carried out now.
   * @throws ProblemError when the key was used for another request, or the first try is still under way.
   */
  async claim(request: IdempotentRequest): Promise<RecordedAnswer | null> {
    const since = performance.now();
    const answer = await this.database.together((database) => this.#claim(database, request));
    if (answer === null) this.#underWay.set(request.claim, { request, since, until: since + CLAIMED_FOR });
    return answer;
  }

  /**
   * To be called right before a claimed request takes effect. A process that was suspended may find that its claim
   * expired, and that another try was refused and the client was told so, although this one would now succeed.
   * @throws Overtaken when the claim has gone to another try.
   */
  async unlessOvertaken(claim: string): Promise<void> {
    const own = this.#underWay.get(claim);
    if (own === undefined || !(performance.now() < own.until || (await this.#renew([own])))) throw new Overtaken();
  }

  /**
   * Like `unlessOvertaken`, for changes of this same database: to be run as the last statement of their transaction.
   * The claim is locked until the transaction ends, so that clocks do not matter.
   * @param answer stored if and only if the transaction commits; null if the changed rows identify the request
   * themselves.
   * @throws Overtaken, which rolls the transaction back.
   */
  async settle(
    tx: Kysely<IdempotencyTables>,
    request: IdempotentRequest,
    answer: RecordedAnswer | null,
  ): Promise<void> {
    const { numUpdatedRows } = await claimsOf(tx, [request])
      .set(answer === null ? { claimed_until: claimedUntil(this.#now) } : columnsOf(answer))
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new Overtaken();
  }

  async #claim(database: Kysely<IdempotencyTables>, request: IdempotentRequest): Promise<RecordedAnswer | null> {
    const { scope, key, claim } = request;
    const fingerprint = hash(
      'sha256',
      JSON.stringify([request.method, request.url, request.ifMatch, request.body ?? null]),
    );
    for (;;) {
      const parameters = [scope, key, fingerprint, claim];
      const inserted = await database.executeQuery({ ...this.#statements.claim, parameters });
      if (inserted.numAffectedRows === 1n) return null;
      const row = await database
        .selectFrom('idempotency')
        .selectAll()
        .select([
          sql<number>`${this.#now} - created_at`.as('age'),
          sql<number>`claimed_until - ${this.#now}`.as('claimed_for'),
        ])
        .where('scope', '=', scope)
        .where('key', '=', key)
        .executeTakeFirst();
      // The record that was there a moment ago was removed meanwhile.
      if (row === undefined) continue;
      if (row.age <= KEPT_FOR) {
        if (row.fingerprint !== fingerprint) throw mismatch();
        if (row.status !== null) return recordedAnswer(row);
        if (row.claimed_for > 0 && row.claimed_for < NEVER_SO_LONG) throw inFlight();
      }
      // Of several tries that find the claim void, one gets it, and the others look again.
      const { numUpdatedRows } = await database
        .updateTable('idempotency')
        .set({ fingerprint, claimed_by: claim, claimed_until: claimedUntil(this.#now) })
        .set({ created_at: row.age <= KEPT_FOR ? row.created_at : this.#now })
        .set({ status: null, headers: null, body: null })
        .where('scope', '=', scope)
        .where('key', '=', key)
        .where('claimed_by', '=', row.claimed_by)
        .where('claimed_until', '=', row.claimed_until)
        .where('status', row.status === null ? 'is' : '=', row.status)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) return null;
    }
  }

  /** Renews the claims that this process still works on. */
  async renew(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      const now = performance.now();
      for (const [claim, { since }] of this.#underWay) if (now - since > RENEWED_FOR) this.#underWay.delete(claim);
      const due = [...this.#underWay.values()].filter(({ since }) => now - since > RENEWED_EVERY / 2);
      for (const some of Map.groupBy(due, ({ request }) => request.scope).values()) {
        for (let from = 0; from < some.length; from += RENEWED_AT_ONCE) {
          await this.#renew(some.slice(from, from + RENEWED_AT_ONCE));
        }
      }
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Renews claims of one scope. @returns whether any still belonged to this process. */
  async #renew(some: readonly UnderWay[]): Promise<boolean> {
    const asked = performance.now();
    const requests = some.map(({ request }) => request);
    const renewed = await this.#hold(requests, claimedUntil(this.#now));
    for (const own of some) if (renewed.has(own.request.claim)) own.until = asked + CLAIMED_FOR;
    return renewed.size > 0;
  }

  /** Stores the answer. @returns false when the claim has gone to another try, whose answer counts. */
  async complete({ scope, key, claim }: IdempotentRequest, answer: RecordedAnswer): Promise<boolean> {
    this.#underWay.delete(claim);
    const { status, headers, body } = columnsOf(answer);
    const parameters = [status, headers, body, scope, key, claim];
    const completed = await this.database.together((database) =>
      database.executeQuery({ ...this.#statements.complete, parameters }),
    );
    return completed.numAffectedRows === 1n;
  }

  /**
   * Releases the claim, so that the next try is carried out: this one has no outcome worth repeating to the client.
   * @returns false when the claim has gone to another try.
   */
  async release(request: IdempotentRequest): Promise<boolean> {
    this.#underWay.delete(request.claim);
    return (await this.#hold([request], 0)).size > 0;
  }

  /** Sets when claims of one scope expire. @returns those that still belong to this process. */
  async #hold(requests: readonly IdempotentRequest[], until: number | RawBuilder<number>): Promise<Set<string>> {
    const held = await this.database.together((database) =>
      claimsOf(database, requests).set({ claimed_until: until }).returning('claimed_by').execute(),
    );
    return new Set(held.map(({ claimed_by: claim }) => claim));
  }
}

/** A condition for the claims of some requests of one scope, as long as no other try has taken them. */
const claimsOf = (database: Kysely<IdempotencyTables>, requests: readonly IdempotentRequest[]) =>
  database
    .updateTable('idempotency')
    .where('scope', '=', (requests[0] as IdempotentRequest).scope)
    .where(
      'key',
      'in',
      requests.map(({ key }) => key),
    )
    .where(
      'claimed_by',
      'in',
      requests.map(({ claim }) => claim),
    )
    .where('status', 'is', null);

const columnsOf = ({ status, headers, body }: RecordedAnswer) => ({
  status,
  headers: JSON.stringify(headers),
  body: JSON.stringify(body),
});

interface UnderWay {
  readonly request: IdempotentRequest;
  /** When it was claimed, and until when the claim is certain, both by the clock of this process. */
  readonly since: number;
  until: number;
}

/** The statements that every request with a key runs, built once. */
function statementsOf(
  builder: Kysely<IdempotencyTables>,
  now: RawBuilder<number>,
): { claim: CompiledQuery; complete: CompiledQuery } {
  const claim = { scope: '', key: '', fingerprint: '', claimed_by: '' };
  return {
    claim: builder
      .insertInto('idempotency')
      .values({ ...claim, claimed_until: claimedUntil(now), created_at: now })
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

const claimedUntil = (now: RawBuilder<number>): RawBuilder<number> => sql`${now} + ${sql.lit(CLAIMED_FOR)}`;

const recordedAnswer = (row: IdempotencyTables['idempotency']): RecordedAnswer => ({
  status: row.status ?? 0,
  headers: JSON.parse(row.headers ?? '{}') as Record<string, string>,
  body: JSON.parse(row.body ?? '{}') as JsonObject,
});

const header = 'Idempotency-Key';

const mismatch = (): ProblemError =>
  new ProblemError({
    code: 'idempotency-mismatch',
    details:
      'This Idempotency-Key was used for another request: another path, query, If-Match or body. Use a new key for a new request.',
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
