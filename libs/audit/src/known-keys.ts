import { type Kysely, sql } from 'kysely';
import type { Database } from '@connections/database/database';
import type { CheckpointTables } from './checkpoints.tables';
import { type KeyFile, UnusableKeys } from './key-file';
import { type SignerKey, verifierLine } from './signed-note';

/** A key that signs, or once did. */
export interface KnownKey {
  /** `<name>+<id>+<base64>`, as verifiers read it. */
  readonly line: string;
  /** ISO-8601 UTC. */
  readonly knownSince: string;
  /** ISO-8601 UTC; null while it signs. */
  readonly retiredAt: string | null;
}

/** The public part of every key that signs or once did, for later verification, independent of the key file. */
export class KnownKeys {
  /** Ids of the keys already known to be in the table. */
  readonly #registered = new Set<string>();

  constructor(
    private readonly database: Database<CheckpointTables>,
    private readonly file: KeyFile,
  ) {}

  /** Oldest first. */
  all(): Promise<KnownKey[]> {
    return keysKnownTo(this.database);
  }

  /**
   * Adds the signing keys of the file. @param origin the log that they have to belong to; null until it has a name.
   * @throws UnusableKeys
   */
  async register(origin: string | null): Promise<void> {
    const signers = await signersIn(this.file, this.database.reader, origin);
    const unknown = signers.filter(({ id }) => !this.#registered.has(id));
    if (unknown.length === 0) return;
    await this.database.transaction('durable', (tx) => register(tx, unknown));
    for (const { id } of unknown) this.#registered.add(id);
  }

  /**
   * Retires a key: it stays known for ever, but no longer signs. @throws UnusableKeys when it is not in the file, or no
   * other key signs.
   */
  async retire(id: string): Promise<KnownKey> {
    const retired_at = new Date().toISOString();
    const retired = await this.database.transaction('durable', async (tx) => {
      // Without the lock, two processes that each retire one of two keys would both see the other key still sign.
      await this.database.lock(tx, 'audit_keys');
      const key = this.file.removable(id);
      const signers = await signersIn(this.file, tx, null);
      if (signers.every((signer) => signer.id === id)) {
        throw new UnusableKeys(
          `${id} is the only key in ${this.file.path} that signs. Add one first, by "audit key rotate".`,
        );
      }
      await register(tx, [key]);
      return tx
        .updateTable('audit_keys')
        .set({ retired_at: sql`coalesce(retired_at, ${retired_at})` })
        .where('line', '=', verifierLine(key))
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    this.file.remove(id);
    return knownKeyOf(retired);
  }
}

/** All known keys of a database, oldest first. */
export async function keysKnownTo({ reader }: Database<CheckpointTables>): Promise<KnownKey[]> {
  const rows = await reader.selectFrom('audit_keys').selectAll().orderBy('known_since').orderBy('line').execute();
  return rows.map(knownKeyOf);
}

const knownKeyOf = (row: CheckpointTables['audit_keys']): KnownKey => ({
  line: row.line,
  knownSince: row.known_since,
  retiredAt: row.retired_at,
});

/**
 * The keys of a file that sign: all but those that were retired, which may still be in the file of another machine, or
 * in it again.
 * @param origin the log that they have to belong to; null until it has a name.
 * @throws UnusableKeys when they belong to another log, or none signs.
 */
export async function signersIn(
  file: KeyFile,
  database: Kysely<CheckpointTables>,
  origin: string | null,
): Promise<readonly [SignerKey, ...SignerKey[]]> {
  const keys = origin === null ? file.read() : file.readFor(origin);
  const retired = await database.selectFrom('audit_keys').select('line').where('retired_at', 'is not', null).execute();
  const [first, ...others] = keys.filter((key) => retired.every(({ line }) => line !== verifierLine(key)));
  if (first !== undefined) return [first, ...others];
  throw new UnusableKeys(`Every key in ${file.path} was retired, and signs no more. Add one by "audit key rotate".`);
}

/** Makes keys known before anything is signed with them. Keys already known stay as they are. */
export async function register(tx: Kysely<CheckpointTables>, keys: readonly SignerKey[]): Promise<void> {
  const known_since = new Date().toISOString();
  await tx
    .insertInto('audit_keys')
    .values(keys.map((key) => ({ line: verifierLine(key), known_since, retired_at: null })))
    .onConflict((conflict) => conflict.column('line').doNothing())
    .execute();
}
