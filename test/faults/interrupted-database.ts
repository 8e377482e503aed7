import { type CompiledQuery, Kysely, type KyselyProps, sql, Transaction } from 'kysely';
import { Database, type Durability } from '@connections/database/database';

/** What a projector is told when it is interrupted. */
export class Interrupted extends Error {}

/** `aborted`: the transaction fails, and the process goes on. `killed`: the process is dead, and asks for nothing more. */
export type Manner = 'aborted' | 'killed';

/**
 * A database in which one transaction is broken off at one place: before its beginning, before and after each statement
 * of it, or after its commit, when what was written stays and nobody hears of it.
 */
export class Interruption {
  readonly struck = Promise.withResolvers<null>();
  #boundaries = 0;
  #isDead = false;

  /** @param at counts boundaries from 0; with Infinity nothing is interrupted. */
  constructor(
    private readonly at: number,
    private readonly manner: Manner,
  ) {}

  /** How many boundaries were passed. */
  get boundaries(): number {
    return this.#boundaries;
  }

  of<Tables>(database: Database<Tables>): Database<Tables> {
    const { engine } = database;
    const outside = async <T>(run: () => Promise<T>): Promise<T> => {
      this.#refuseDead();
      return run();
    };
    return new Database(new Kysely(around(database.reader, outside)), new Kysely(around(database.writer, outside)), {
      ...engine,
      transaction: async <Any, T>(_: Kysely<Any>, durability: Durability, work: (tx: Kysely<Any>) => Promise<T>) => {
        await this.#boundary();
        const result = await engine.transaction(database.as<Any>().writer, durability, async (tx) => {
          const inside = async <R>(run: () => Promise<R>): Promise<R> => {
            await this.#boundary(tx);
            const answer = await run();
            await this.#boundary(tx);
            return answer;
          };
          return work(new Transaction(around(tx, inside)));
        });
        await this.#boundary();
        return result;
      },
    });
  }

  async #boundary<Tables>(tx?: Kysely<Tables>): Promise<void> {
    this.#refuseDead();
    const isHere = this.#boundaries === this.at;
    this.#boundaries += 1;
    if (!isHere) return;
    this.#isDead = this.manner === 'killed';
    this.struck.resolve(null);
    // A process that dies takes its connection with it, without a word.
    if (this.#isDead && tx) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx).catch(() => undefined);
    throw new Interrupted(`Interrupted at boundary ${this.at}.`);
  }

  #refuseDead(): void {
    if (this.#isDead) throw new Interrupted('This process is dead.');
  }
}

/** The same, with something done around each of its statements. */
function around<Tables>(kysely: Kysely<Tables>, each: <T>(run: () => Promise<T>) => Promise<T>): KyselyProps {
  const real = kysely.getExecutor();
  const executor = new Proxy(real, {
    get(_, name) {
      if (name === 'executeQuery') return (query: CompiledQuery) => each(() => real.executeQuery(query));
      const member: unknown = Reflect.get(real, name);
      return typeof member === 'function' ? (member.bind(real) as unknown) : member;
    },
  });
  // What runs statements is the executor alone.
  return { executor, config: {}, driver: {}, dialect: {} } as unknown as KyselyProps;
}
