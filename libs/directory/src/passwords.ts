import { argon2id, hash, needsRehash, verify } from 'argon2';

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The permitted lengths in characters. The longest only bounds the work. */
export const shortestPassword = 12;
export const longestPassword = 200;

/** No password has this hash. Passwords of unknown people are compared with it, so that the time reveals nothing. */
const NOBODYS = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * How many passwords are worked on at once. Each occupies one of the four threads that Node.js has for such work, and
 * file access and DNS look-ups need some as well.
 */
const AT_ONCE = 2;
/** How many more may wait for their turn: a few seconds of work. */
const MAXIMUM_WAITING = 64;

/** More passwords are waiting than this machine can check in good time. */
export class TooManyPasswords extends Error {}

/** Hashes and verifies passwords. Slow on purpose, and only a few at once. */
export class Passwords {
  #working = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws TooManyPasswords */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(canonical(password), { ...COST, type: argon2id }));
  }

  /**
   * Whether it is the right password. Takes the same time if there is none to compare with.
   * @param stored the result of `hash`; null for an unknown person, or one without a password.
   * @throws TooManyPasswords
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const matches = await this.#inTurn(() => verify(stored ?? NOBODYS, canonical(password)));
    return matches && stored !== null;
  }

  /** Whether a stored hash has another cost than new ones. */
  isOutdated(stored: string): boolean {
    return needsRehash(stored, COST);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#working >= AT_ONCE) {
      if (this.#waiting.length >= MAXIMUM_WAITING) throw new TooManyPasswords();
      // A place is handed over directly, so that no newcomer can take it in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#working += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#working -= 1;
    }
  }
}

/** Unicode-normalized, so that a password is the same whatever keyboard it was typed on. */
const canonical = (password: string): string => password.normalize('NFKC');
