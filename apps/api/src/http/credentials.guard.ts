import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiKeys } from '@connections/directory/api-keys';
import { type Caller, may, type Permission, permissions } from '@connections/directory/roles';
import type { Session } from '@connections/directory/sessions';
import { Configuration } from '@connections/host/configuration';
import { ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';
import { refuseCrossSite } from './same-origin';
import { sessionTokenIn } from './session-cookie';
import { refuseAnother, SignedIn } from './signed-in';
import { timesSent } from './times-sent';

/** Who may call a route: a credential or person with a permission, any person who is signed in, or any page of ours. */
export type Access =
  { readonly by: 'credential'; readonly permission: Permission } | { readonly by: 'person' } | { readonly by: 'page' };

const ACCESS = 'access';
const accessible = (access: Access): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, access);

/**
 * The permission that a key or a person needs to call the route. Without such a decorator, a route is open to
 * everybody.
 */
export const Needs = (permission: Permission): MethodDecorator & ClassDecorator =>
  accessible({ by: 'credential', permission });

/** The route is about the signed-in person, whatever organizations they belong to. */
export const NeedsPerson = (): MethodDecorator & ClassDecorator => accessible({ by: 'person' });

/** The route is for people who are not signed in yet; pages of other sites must not make browsers call it. */
export const FromOurPages = (): MethodDecorator & ClassDecorator => accessible({ by: 'page' });

/** Who may call a handler's route; undefined if it is open. */
export const accessOf = (handler: object): Access | undefined =>
  Reflect.getMetadata(ACCESS, handler) as Access | undefined;

/** The one Authorization header. */
const authorizationOf = ({ headers, raw }: AuthenticatedRequest): string =>
  timesSent(raw, 'authorization') === 1 ? (headers.authorization ?? '') : '';

/** The same error for a key that is missing, malformed, unknown, expired or revoked. */
const unauthenticated = (): ProblemError =>
  new ProblemError({
    code: 'unauthenticated',
    details: 'A valid API key is needed: Authorization: Bearer cx_…',
    source: { header: 'Authorization' },
  });

const notAPerson = (): ProblemError =>
  new ProblemError({
    code: 'unauthenticated',
    details: 'This is about a person who is signed in. Leave the API key out.',
    source: { header: 'Authorization' },
  });

/** Authenticates the caller, applies the rate limit, and checks permissions. */
@Injectable()
export class CredentialsGuard implements CanActivate {
  readonly #limiter: RateLimiterMemory;
  readonly #accesses = new Map<unknown, Access | undefined>();

  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly signedIn: SignedIn,
    private readonly reflector: Reflector,
    @Inject(Configuration) private readonly configuration: Configuration,
  ) {
    this.#limiter = new RateLimiterMemory({ points: configuration.RATE_LIMIT_PER_MINUTE, duration: 60 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.#needed(context);
    if (access === undefined) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (access.by === 'page') {
      refuseCrossSite(request, this.configuration.PUBLIC_URL);
      keepToOneself(reply);
    } else if (access.by === 'person') {
      request.session = await this.#session(request, reply);
    } else {
      await this.admit(request, reply, access.permission);
    }
    return true;
  }

  /**
   * Sets the caller on the request, and the rate limit headers on the reply.
   * @throws ProblemError when the caller is not admitted.
   */
  async admit(request: AuthenticatedRequest, reply: FastifyReply, permission: Permission): Promise<Caller> {
    // A caller that a hook has already admitted is counted only once.
    const known = (request as Partial<AuthenticatedRequest>).caller;
    request.caller = known ?? (await this.#caller(request, reply));
    requirePermission(request.caller, permission);
    return request.caller;
  }

  /** The caller of the Authorization header, or that of the session only if there is no such header. */
  async #caller(request: AuthenticatedRequest, reply: FastifyReply): Promise<Caller> {
    if (request.headers.authorization === undefined && sessionTokenIn(request) !== undefined) {
      return this.signedIn.callerOf(request, await this.#session(request, reply));
    }
    const [, key] = /^Bearer +(\S+) *$/i.exec(authorizationOf(request)) ?? [];
    const caller = key === undefined ? null : await this.apiKeys.authenticate(key, Date.now());
    if (caller === null) throw unauthenticated();
    await this.#limit(caller.id, reply);
    return caller;
  }

  async #session(request: AuthenticatedRequest, reply: FastifyReply): Promise<Session> {
    keepToOneself(reply);
    // A caller with a key is not treated as a person, even if a cookie comes along.
    if (request.headers.authorization !== undefined) throw notAPerson();
    const session = await this.signedIn.sessionOf(request);
    await this.#limit(session.personId, reply);
    refuseAnother(request, session);
    return session;
  }

  #needed(context: ExecutionContext): Access | undefined {
    const handler = context.getHandler();
    if (!this.#accesses.has(handler)) {
      const targets = [handler, context.getClass()];
      this.#accesses.set(handler, this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets));
    }
    return this.#accesses.get(handler);
  }

  async #limit(id: string, reply: FastifyReply): Promise<void> {
    const spent = await this.#limiter.consume(id).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    const seconds = Math.ceil(spent.msBeforeNext / 1_000);
    void reply.headers({
      'ratelimit-limit': this.#limiter.points,
      'ratelimit-remaining': Math.max(0, spent.remainingPoints),
      'ratelimit-reset': seconds,
    });
    if (spent.consumedPoints <= this.#limiter.points) return;
    const details = `You may ask ${this.#limiter.points} times a minute; try again in ${seconds} s.`;
    throw new ProblemError({ code: 'rate-limited', details }, { retryAfter: seconds });
  }
}

/** @throws ProblemError naming the roles that have the permission. */
function requirePermission(caller: Caller, permission: Permission): void {
  if (may(caller, permission)) return;
  const roles = permissions[permission];
  throw new ProblemError({
    code: 'not-permitted',
    details: `This needs the role ${roles.join(' or ')}; yours is ${caller.role}.`,
    meta: { 'permitted-roles': [...roles], role: caller.role },
  });
}

/** Keeps the answer out of caches, where the next user of the machine could find it. */
const keepToOneself = (reply: FastifyReply): void => void reply.header('cache-control', 'no-store');
