import { argon2id, hash, needsRehash, verify } from 'argon2';

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** How many characters a password has. The longest is only a bound on work. */
export const shortestPassword = 12;
export const longestPassword = 200;

/** No password has this hash; whoever is unknown is compared with it, so that time tells nothing. */
const NOBODYS = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * So many are worked on at once. Each takes a thread of the four that Node.js has for such work, and files and names
 * of hosts need one as well.
 */
const AT_ONCE = 2;
/** So many more may wait for their turn: a few seconds of work. */
const MAXIMUM_WAITING = 64;

/** More passwords are to be looked at than this machine can look at in good time. */
export class TooManyPasswords extends Error {}

/** Turns passwords into what may be stored, and compares. Slow on purpose, and never more than a few at once. */
export class Passwords {
  #working = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws TooManyPasswords */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(canonical(password), { ...COST, type: argon2id }));
  }

  /**
   * Whether it is the password. Takes the same time where there is none.
   * @param stored what `hash` gave; null for somebody unknown, or without a password.
   * @throws TooManyPasswords
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const matches = await this.#inTurn(() => verify(stored ?? NOBODYS, canonical(password)));
    return matches && stored !== null;
  }

  /** Whether a stored hash costs less, or more, than it should by now. */
  isOutdated(stored: string): boolean {
    return needsRehash(stored, COST);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#working >= AT_ONCE) {
      if (this.#waiting.length >= MAXIMUM_WAITING) throw new TooManyPasswords();
      // Whoever is done hands its place on, so that nobody who comes in between takes it.
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

/** The same characters, whichever keyboard they were typed on. */
const canonical = (password: string): string => password.normalize('NFKC');
