import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import { Database } from '@connections/database/database';
import { isPostgres, textOf } from '@connections/database/dialect';
import { erasing } from '@connections/database/erasing';
import type { Migrations } from '@connections/database/migrate';
import { Together } from '@connections/database/together';
import type { Connection } from './domain/connection';
import type { FreeText } from './domain/free-text';

/**
 * The texts that people wrote. They are stored beside the log, so that they can be removed while every hash and proof
 * stays valid.
 */
export interface TextTables {
  texts: {
    /** The commitment by which the log refers to the text; see `commitmentTo`. */
    commitment: string;
    /** 64 hex digits; without a salt, a short text could be guessed from its commitment. */
    salt: string;
    text: string;
  };
  /** A single row. */
  text_removals: {
    /** How many removals of texts there were. */
    count: number;
  };
}

export const textMigrations: Migrations = {
  '0005-texts': {
    async up(db: Kysely<unknown>) {
      const text = textOf(db);
      await db.schema
        .createTable('texts')
        .addColumn('commitment', text, (column) => column.primaryKey())
        .addColumn('salt', text, (column) => column.notNull())
        .addColumn('text', text, (column) => column.notNull())
        .execute();
    },
  },
  '0013-text-removals': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('text_removals')
        .addColumn('count', 'integer', (column) => column.notNull())
        .execute();
      await (db as Kysely<TextTables>).insertInto('text_removals').values({ count: 0 }).execute();
    },
  },
};

/** A text about to be written, with the salt that proves its commitment. */
export type NewText = Readonly<TextTables['texts']>;

/**
 * The lower-case hex SHA-256 over three lines: the form's name, the salt and the text, with no line feed at its end.
 */
export const commitmentTo = (salt: string, text: string): string =>
  hash('sha256', `connections/text/v1\n${salt}\n${text}`);

/** Commits to a text with a new random salt; null for none. */
export function newText(text: string | null): NewText | null {
  if (text === null) return null;
  const salt = randomBytes(32).toString('hex');
  return { commitment: commitmentTo(salt, text), salt, text };
}

/** What the log stores for a text. */
export const sealed = (text: NewText | null): FreeText | null => text && { commitment: text.commitment };

/** Removes texts within a transaction, and counts the removal. */
export async function removeTexts(tx: Kysely<TextTables>, commitments: readonly string[]): Promise<void> {
  if (commitments.length === 0) return;
  const { numDeletedRows } = await erasing(tx, () =>
    tx
      .deleteFrom('texts')
      .where('commitment', 'in', [...commitments])
      .executeTakeFirst(),
  );
  if (numDeletedRows === 0n) return;
  await tx
    .updateTable('text_removals')
    .set((removals) => ({ count: removals('count', '+', 1) }))
    .execute();
}

@Injectable()
export class Texts {
  readonly #keeping: CompiledQuery;
  readonly #together: Together<TextTables>;
  readonly #byCommitments: (parameters: readonly unknown[]) => Promise<NewText[]>;

  constructor(@Inject(Database) private readonly database: Database<TextTables>) {
    this.#keeping = keepingIn(database.writer);
    this.#together = new Together((work) => database.transaction('durable', work));
    this.#byCommitments = database.prepare(byCommitmentsIn(database.reader));
  }

  /** Returns once the text is durable. Storing it again changes nothing. */
  async keep({ commitment, salt, text }: NewText): Promise<void> {
    const query = { ...this.#keeping, parameters: [commitment, salt, text] };
    if (isPostgres(this.database.writer)) await this.database.writer.executeQuery(query);
    else await this.#together.run((tx) => tx.executeQuery(query));
  }

  /** Removes texts, durably and for ever. Those already gone are ignored. */
  async remove(commitments: readonly string[]): Promise<void> {
    await this.database.transaction('durable', (tx) => removeTexts(tx, commitments));
  }

  /** How many removals there were. While this is unchanged, whatever is derived from the texts comes out the same. */
  async removals(): Promise<number> {
    const { count } = await this.database.reader.selectFrom('text_removals').select('count').executeTakeFirstOrThrow();
    return count;
  }

  /** The texts of these commitments that are still there, in any order. */
  async kept(commitments: readonly string[]): Promise<NewText[]> {
    if (commitments.length === 0) return [];
    return this.#byCommitments([isPostgres(this.database.reader) ? commitments : JSON.stringify(commitments)]);
  }

  /** The same list with each commitment replaced by its text, if that is still there. */
  async disclosed<T extends FreeText | null>(texts: readonly T[]): Promise<(T | FreeText)[]> {
    const commitments = texts.flatMap((text) => (text !== null && 'commitment' in text ? [text.commitment] : []));
    if (commitments.length === 0) return [...texts];
    const found = new Map((await this.kept(commitments)).map((row) => [row.commitment, { text: row.text }]));
    return texts.map((text) => (text !== null && 'commitment' in text ? (found.get(text.commitment) ?? text) : text));
  }

  /** The connection with the text of its name, if that is still there. */
  async named<T extends Connection>(connection: T): Promise<T> {
    const [name = null] = await this.disclosed([connection.name]);
    return name === connection.name ? connection : { ...connection, name };
  }
}

/**
 * Durability is set within the statement itself, since PostgreSQL commits a single statement with it: saves the round
 * trips of a transaction.
 */
function keepingIn(writer: Kysely<TextTables>): CompiledQuery {
  const columns = ['commitment', 'salt', 'text'] as const;
  const insertion = isPostgres(writer)
    ? writer
        .insertInto('texts')
        .columns(columns)
        .expression(sql`select ${''}, ${''}, ${''} from set_config('synchronous_commit', 'on', true)`)
    : writer.insertInto('texts').values({ commitment: '', salt: '', text: '' });
  return insertion.onConflict((conflict) => conflict.column('commitment').doNothing()).compile();
}

/** One statement for any number of commitments. */
function byCommitmentsIn(reader: Kysely<TextTables>): CompiledQuery<NewText> {
  const texts = reader.selectFrom('texts').selectAll('texts');
  return isPostgres(reader)
    ? texts.where(sql<boolean>`commitment = any(${[]}::text[])`).compile()
    : // A join, because for a condition with "in" SQLite would first build a sorted table.
      texts
        .innerJoin(sql<{ value: string }>`json_each(${''})`.as('wanted'), 'wanted.value', 'texts.commitment')
        .compile();
}
