import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiKeys } from '@connections/directory/api-keys';
import { may, type Permission, permissions } from '@connections/directory/roles';
import { Configuration } from '@connections/host/configuration';
import { ProblemError } from './problems';
import type { AuthenticatedRequest } from './request';

const PERMISSION = 'permission';

/** What a caller must be permitted to do; without it a route is open to everybody. */
export const Needs = (permission: Permission): MethodDecorator & ClassDecorator => SetMetadata(PERMISSION, permission);

/** What a route's handler asks of its caller; undefined when it is open. */
export const permissionOf = (handler: object): Permission | undefined =>
  Reflect.getMetadata(PERMISSION, handler) as Permission | undefined;

/** The one Authorization header. Of two, Node.js would show the first, while a proxy may have judged the second. */
function authorizationOf({ headers, raw: { rawHeaders } }: AuthenticatedRequest): string {
  const names = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
  return names.length === 1 ? (headers.authorization ?? '') : '';
}

/** The one refusal for a key that is missing, malformed, unknown, expired or revoked. */
const unauthenticated = (): ProblemError =>
  new ProblemError({
    code: 'unauthenticated',
    details: 'A valid API key is needed: Authorization: Bearer cx_…',
    source: { header: 'Authorization' },
  });

/** Tells who is asking, how often it may, and whether it may at all. */
@Injectable()
export class CredentialsGuard implements CanActivate {
  readonly #limiter: RateLimiterMemory;
  readonly #permissions = new Map<unknown, Permission | undefined>();

  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly reflector: Reflector,
    @Inject(Configuration) configuration: Configuration,
  ) {
    this.#limiter = new RateLimiterMemory({ points: configuration.RATE_LIMIT_PER_MINUTE, duration: 60 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.#needed(context);
    if (permission === undefined) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const [, key] = /^Bearer +(\S+) *$/i.exec(authorizationOf(request)) ?? [];
    const caller = key === undefined ? null : await this.apiKeys.authenticate(key, Date.now());
    if (caller === null) throw unauthenticated();
    await this.#limit(caller.id, http.getResponse<FastifyReply>());
    if (!may(caller, permission)) {
      const roles = permissions[permission];
      throw new ProblemError({
        code: 'not-permitted',
        details: `This needs an API key with the role ${roles.join(' or ')}; yours is ${caller.role}.`,
        meta: { 'permitted-roles': [...roles], role: caller.role },
      });
    }
    request.caller = caller;
    return true;
  }

  #needed(context: ExecutionContext): Permission | undefined {
    const handler = context.getHandler();
    if (!this.#permissions.has(handler)) {
      const targets = [handler, context.getClass()];
      this.#permissions.set(handler, this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, targets));
    }
    return this.#permissions.get(handler);
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
    const details = `This API key may ask ${this.#limiter.points} times a minute; try again in ${seconds} s.`;
    throw new ProblemError({ code: 'rate-limited', details }, { retryAfter: seconds });
  }
}
