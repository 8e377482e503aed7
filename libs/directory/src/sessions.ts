import type { Database } from '@connections/database/database';
import { newId } from './identifiers';
import { LastSeen } from './last-seen';
import { replaceHash } from './people';
import type { PeopleTables } from './people.tables';
import { RememberedRows } from './remembered-rows';
import { hashOf, isSecret, newSecret } from './secrets';

/** A session of a person who is signed in, without its token. Times are ISO-8601 UTC. */
export interface Session {
  /** `ses_…` */
  readonly id: string;
  readonly personId: string;
  readonly createdAt: string;
  /** When it ends if it is not used before. */
  readonly idleExpiresAt: string;
  /** When it ends, however much it is used. */
  readonly expiresAt: string;
}

/** How long sessions last, in milliseconds. */
export interface SessionTerms {
  readonly idle: number;
  readonly absolute: number;
}

/** The password that was given is no longer the person's. */
export class PasswordReplaced extends Error {}

type Row = PeopleTables['sessions'];

/** That a session is used is written at most so often, in milliseconds. */
const SEEN_EVERY = 60_000;

/** The most sessions of a person; with one more, the oldest ends. */
const MOST_FOR_ONE = 50;

/** Who is signed in: by tokens that are shown once, kept as a hash, and ended at once. */
export class Sessions {
  readonly #rows: RememberedRows<Row>;
  readonly #seen: LastSeen;

  constructor(
    private readonly database: Database<PeopleTables>,
    private readonly terms: SessionTerms,
  ) {
    // Sessions with a short idle time are recorded more often.
    this.#seen = new LastSeen(Math.min(SEEN_EVERY, terms.idle / 4));
    const byToken = database.prepare(
      database.reader.selectFrom('sessions').selectAll().where('token_hash', '=', '').compile(),
    );
    this.#rows = new RememberedRows((hash) => byToken([hash]));
  }

  /**
   * @param verified the hash of the password that was given, if one was.
   * @returns the session, and the token: the only time that it can be seen.
   * @throws PasswordReplaced
   */
  async begin(personId: string, at: Date, verified?: string): Promise<{ session: Session; token: string }> {
    const token = newSecret();
    const now = at.toISOString();
    const row = {
      id: newId('ses'),
      person_id: personId,
      token_hash: hashOf(token),
      created_at: now,
      last_seen_at: now,
      expires_at: new Date(at.getTime() + this.terms.absolute).toISOString(),
    };
    await this.database.transaction('durable', async (tx) => {
      // Replaces the hash by itself, to lock the row: a concurrent change of password comes before or after this.
      if (verified !== undefined && !(await replaceHash(tx, personId, verified, verified)))
        throw new PasswordReplaced();
      await tx.insertInto('sessions').values(row).execute();
      await tx
        .deleteFrom('sessions')
        .where('id', 'in', (oldest) =>
          oldest
            .selectFrom('sessions')
            .select('id')
            .where('person_id', '=', personId)
            .orderBy('created_at', 'desc')
            .orderBy('id', 'desc')
            .limit(1_000)
            .offset(MOST_FOR_ONE),
        )
        .execute();
    });
    return { session: this.#toSession(row), token };
  }

  /**
   * The session with this token; null when it is malformed, unknown, ended or expired. Its use is recorded now and
   * then.
   */
  async authenticate(token: string, now: number): Promise<Session | null> {
    const row = await this.#live(token, now);
    if (row === null) return null;
    if (!this.#seen.isDue(row.id, row.last_seen_at, now)) return this.#toSession(row);
    const seen = { ...row, last_seen_at: new Date(now).toISOString() };
    // A failed write is made up for the next time; no request fails for it.
    await this.#see(row.id, seen.last_seen_at).catch(() => this.#seen.forget(row.id));
    this.#rows.forget(row.token_hash);
    return this.#toSession(seen);
  }

  /** Like `authenticate`, but does not count as use: a page that is merely open does not keep the session alive. */
  async look(token: string, now: number): Promise<Session | null> {
    const row = await this.#live(token, now);
    return row && this.#toSession(row);
  }

  async #live(token: string, now: number): Promise<Row | null> {
    const [row] = isSecret(token) ? await this.#rows.get(hashOf(token)) : [];
    return row === undefined || this.#isOver(row, now) ? null : row;
  }

  /** Ends a session for ever; one that has already ended stays so. */
  async end(id: string): Promise<void> {
    await this.database.transaction('durable', (tx) => tx.deleteFrom('sessions').where('id', '=', id).execute());
    this.changed();
  }

  /** Ends all sessions of a person. @returns how many there were. */
  async endAll(personId: string): Promise<number> {
    const { numDeletedRows } = await this.database.transaction('durable', (tx) =>
      tx.deleteFrom('sessions').where('person_id', '=', personId).executeTakeFirst(),
    );
    this.changed();
    return Number(numDeletedRows);
  }

  /** Removes expired sessions. */
  async forgetOld(now: number): Promise<void> {
    await this.database.transaction('relaxed', (tx) =>
      tx
        .deleteFrom('sessions')
        .where((where) =>
          where.or([
            where('expires_at', '<=', new Date(now).toISOString()),
            where('last_seen_at', '<=', new Date(now - this.terms.idle).toISOString()),
          ]),
        )
        .execute(),
    );
  }

  async #see(id: string, last_seen_at: string): Promise<void> {
    await this.database.together((database) =>
      database
        .updateTable('sessions')
        .set({ last_seen_at })
        .where('id', '=', id)
        .where('last_seen_at', '<', last_seen_at)
        .execute(),
    );
  }

  #isOver(row: Row, now: number): boolean {
    return now >= Date.parse(row.expires_at) || now >= Date.parse(row.last_seen_at) + this.terms.idle;
  }

  #toSession(row: Row): Session {
    const idleEnd = new Date(Date.parse(row.last_seen_at) + this.terms.idle).toISOString();
    return {
      id: row.id,
      personId: row.person_id,
      createdAt: row.created_at,
      idleExpiresAt: idleEnd < row.expires_at ? idleEnd : row.expires_at,
      expiresAt: row.expires_at,
    };
  }

  /** To be called after other code has ended sessions: forgets what is in memory. */
  changed(): void {
    this.#rows.forget();
  }
}
