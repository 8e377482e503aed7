import { argon2id, hash, needsRehash, verify } from 'argon2';

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The permitted lengths in characters. The longest only bounds the work. */
export const shortestPassword = 12;
export const longestPassword = 200;

/** No password has this hash. Passwords of unknown people are compared with it, so that the time reveals nothing. */
const NOBODYS = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Hashes and compares passwords. Slow on purpose: each call occupies one of the four threads that Node.js has for such
 * work, so a service must limit how many run at once.
 */
export class Passwords {
  hash(password: string): Promise<string> {
    return hash(canonical(password), { ...COST, type: argon2id });
  }

  /**
   * Whether it is the right password. Takes the same time if there is none to compare with.
   * @param stored the result of `hash`; null for an unknown person, or one without a password.
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const matches = await verify(stored ?? NOBODYS, canonical(password));
    return matches && stored !== null;
  }

  /** Whether a stored hash has another cost than new ones. */
  isOutdated(stored: string): boolean {
    return needsRehash(stored, COST);
  }
}

/** Unicode-normalized, so that a password is the same whatever keyboard it was typed on. */
const canonical = (password: string): string => password.normalize('NFKC');
