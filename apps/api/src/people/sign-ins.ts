import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Authenticated, emailOf, People, type Person } from '@connections/directory/people';
import { PasswordReplaced, type Session, Sessions } from '@connections/directory/sessions';
import { ProblemError } from '../http/problems';
import { giveSession } from '../http/session-cookie';
import { SignedIn } from '../http/signed-in';
import { LOG } from '../log';
import { FairQueue } from '../http/fair-queue';
import { networkOf, siteOf } from './network';

/** How long failures count, in seconds. */
const REMEMBERED = 15 * 60;
/**
 * The most failures in that time for one e-mail address, whether anybody has it or not, or for one signed-in person.
 */
const PER_PERSON = 10;
/** The most failures in that time from one network, for all e-mail addresses together. */
const PER_NETWORK = 100;
/** The most failures in that time from one site, which may have many networks and tenants. */
const PER_SITE = 1_000;

/** The most passwords checked or waiting at once for one e-mail address. */
const AT_ONCE_PER_EMAIL = 4;
/**
 * How many passwords are checked at once. Each occupies one of the four threads that Node.js has for such work, and file
 * access and DNS look-ups need some as well.
 */
const AT_ONCE = 2;
/** How many more may wait for their turn: a few seconds of work. */
const MAXIMUM_WAITING = 64;

/** Signs people in. */
@Injectable()
export class SignIns {
  /** Keyed by e-mail address, or by id for people who are signed in. */
  readonly #byPerson = new RateLimiterMemory({ points: PER_PERSON, duration: REMEMBERED });
  readonly #byNetwork = new RateLimiterMemory({ points: PER_NETWORK, duration: REMEMBERED });
  readonly #bySite = new RateLimiterMemory({ points: PER_SITE, duration: REMEMBERED });
  /** How many passwords are under way, by e-mail address. */
  readonly #underWay = new Map<string, number>();
  /** By site, so that nobody takes the turn of all others. */
  readonly #queue = new FairQueue(AT_ONCE, MAXIMUM_WAITING);

  constructor(
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly signedIn: SignedIn,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /**
   * Authenticates an e-mail address and password.
   * @param session of a person who is signed in: failures of others do not lock them out of their own password.
   * @throws ProblemError: the same for everything that is wrong, and another after too many failures.
   */
  withPassword(request: FastifyRequest, email: string, password: string, session?: Session): Promise<Authenticated> {
    const whose = session === undefined ? emailOf(email) : session.personId;
    return this.#oneOfAFew(email, () => this.#whoHas(request, whose, email, password));
  }

  /**
   * Runs work on the password of an e-mail address, a few at once.
   * @throws ProblemError when too many are under way.
   */
  inTurn<T>(request: FastifyRequest, email: string, work: () => Promise<T>): Promise<T> {
    return this.#oneOfAFew(email, () => this.#queue.run(siteOf(request.ip), work));
  }

  /** @throws ProblemError when too many are under way for the e-mail address. */
  async #oneOfAFew<T>(email: string, work: () => Promise<T>): Promise<T> {
    const whose = emailOf(email);
    const before = this.#underWay.get(whose) ?? 0;
    if (before >= AT_ONCE_PER_EMAIL) {
      const details = 'Too many sign-ins are under way at once; try again when they are answered.';
      throw new ProblemError({ code: 'rate-limited', details }, { retryAfter: 1 });
    }
    this.#underWay.set(whose, before + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(whose) ?? 1) - 1;
      if (left > 0) this.#underWay.set(whose, left);
      else this.#underWay.delete(whose);
    }
  }

  async #whoHas(request: FastifyRequest, whose: string, email: string, password: string): Promise<Authenticated> {
    // Counted before it is known, so that many at once are no more than one after the other.
    await this.#spendOfNetwork(request);
    const known = await this.#counting(whose, () =>
      this.#queue.run(siteOf(request.ip), () => this.people.authenticate(email, password)),
    ).catch(async (error: unknown) => {
      // No password was looked at.
      await this.#giveBackToNetwork(request);
      throw error;
    });
    if (known === null) {
      this.log.info({ requestId: request.id, address: request.ip }, 'sign-in refused');
      throw refused();
    }
    await Promise.all([this.#giveBackToNetwork(request), this.#byPerson.delete(whose)]);
    return known;
  }

  async #counting<T>(whose: string, work: () => Promise<T>): Promise<T> {
    await spend(this.#byPerson, whose);
    return work().catch(async (error: unknown) => {
      await this.#byPerson.reward(whose);
      throw error;
    });
  }

  /**
   * Signs somebody in by other means than a password.
   * @param counts whether an error counts as a failure of the network that it came from.
   * @throws ProblemError after too many failures; and whatever `work` throws.
   */
  async counted<T>(request: FastifyRequest, work: () => Promise<T>, counts: (error: unknown) => boolean): Promise<T> {
    await this.#spendOfNetwork(request);
    try {
      const done = await work();
      await this.#giveBackToNetwork(request);
      return done;
    } catch (error) {
      if (!counts(error)) await this.#giveBackToNetwork(request);
      throw error;
    }
  }

  /** @throws ProblemError when nothing is left, and nothing is spent then. */
  async #spendOfNetwork({ ip }: FastifyRequest): Promise<void> {
    await spend(this.#byNetwork, networkOf(ip));
    await spend(this.#bySite, siteOf(ip)).catch(async (error: unknown) => {
      await this.#byNetwork.reward(networkOf(ip));
      throw error;
    });
  }

  async #giveBackToNetwork({ ip }: FastifyRequest): Promise<void> {
    await Promise.all([this.#byNetwork.reward(networkOf(ip)), this.#bySite.reward(siteOf(ip))]);
  }

  /**
   * Begins a new session, and sets its cookie on the answer. The session that the request came with ends.
   * @param passwordHash the hash of the password that was checked, if one was.
   * @throws ProblemError when the password was changed meanwhile.
   */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    { person: { id: personId }, passwordHash, by }: Proven,
  ): Promise<Session> {
    const before = await this.signedIn.find(request);
    const { session, token } = await this.sessions.begin(personId, new Date(), passwordHash).catch((error: unknown) => {
      throw error instanceof PasswordReplaced ? refused() : error;
    });
    if (before !== null) await this.sessions.end(before.id);
    giveSession(reply, token, session.expiresAt);
    this.log.info({ requestId: request.id, user: personId, session: session.id, by }, 'signed in');
    return session;
  }
}

/** An authenticated person, and by what means. */
interface Proven {
  readonly person: Person;
  readonly passwordHash?: string | undefined;
  readonly by: 'password' | 'invitation' | 'single sign-on';
}

const refused = (): ProblemError => {
  const details = 'This e-mail address and password do not let you in. Check both, and try again.';
  return new ProblemError({ code: 'sign-in-refused', details });
};

/** @throws ProblemError when no points are left. */
async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.ceil(refused.msBeforeNext / 1_000);
    const details = `Too many sign-ins have failed; try again in ${seconds} s.`;
    throw new ProblemError({ code: 'rate-limited', details }, { retryAfter: seconds });
  }
}
