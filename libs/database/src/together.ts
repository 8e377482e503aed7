import type { Kysely } from 'kysely';

/** Runs the work that arrives in one turn of the event loop in one transaction; each call settles after the commit. */
export class Together<Tables> {
  #pending: Pending<Tables>[] = [];

  constructor(private readonly transaction: (work: (tx: Kysely<Tables>) => Promise<void>) => Promise<void>) {}

  run<T>(work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> {
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
      await this.transaction(async (tx) => {
        for (const { run } of batch) settled.push(await run(tx));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const settle of settled) settle();
  }
}

interface Pending<Tables> {
  /** Does the work, and returns a function that settles the caller's promise. */
  readonly run: (tx: Kysely<Tables>) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}
