import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Position } from '@connections/event-store/event-store';
import type { Projector } from '@connections/event-store/projector';
import { Projectors } from '../projectors';
import { ProblemError, type Source } from './problems';

/** How long a read waits for the position that it names, in milliseconds. */
const READ_PATIENCE = 2_000;
/** How long a command waits for its effect to become visible before it answers anyway, in milliseconds. */
const COMMAND_PATIENCE = 250;

const NOT_YET = 'What you wrote is safe, but not yet visible to reads. Try again, or leave Connect-Position out.';

/** Lets clients read their own writes: a read that names a Connect-Position waits until that is visible. */
@Injectable()
export class Freshness implements CanActivate {
  constructor(protected readonly projectors: Projectors) {}

  /** The projection that the route reads from. */
  protected get projector(): Projector {
    return this.projectors.connections;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** Settles once the position that a request names is visible. @throws ProblemError when that takes too long. */
  async admit({ headers, params, query }: FastifyRequest): Promise<void> {
    const position = positionIn(headers);
    // The past of a single connection is read from the log, which is always current; a list reads the rows as well.
    if ('id' in (params as object) && isOfThePast(query as object)) return;
    if (!this.projector.readable) {
      const details = 'What reads are answered from is not made yet. Try again; /readyz tells how far it is.';
      throw new ProblemError({ code: 'unavailable', details }, { retryAfter: 1 });
    }
    if (position !== undefined) await this.see(position, { header: 'Connect-Position' }, NOT_YET);
  }

  /** Waits until a position is visible. @throws ProblemError when it is not in time. @param details what to do then. */
  async see(position: Position, source: Source, details: string): Promise<void> {
    if (await this.projector.reached(position, READ_PATIENCE)) return;
    throw new ProblemError({ code: 'not-yet-visible', details, source }, { retryAfter: 1 });
  }

  /** Waits briefly, so that even a client that ignores positions usually reads its own writes. */
  async settle(position: Position): Promise<void> {
    await this.projector.reached(position, COMMAND_PATIENCE);
  }
}

/** Freshness for routes that read from the feed. */
@Injectable()
export class FeedFreshness extends Freshness {
  protected override get projector(): Projector {
    return this.projectors.feed;
  }
}

function positionIn({ 'connect-position': position }: FastifyRequest['headers']): Position | undefined {
  if (position === undefined || (typeof position === 'string' && /^[0-9]{1,64}$/.test(position))) return position;
  throw new ProblemError({
    code: 'invalid-header',
    details: 'Connect-Position must be a value that an earlier answer carried.',
    source: { header: 'Connect-Position' },
  });
}

const isOfThePast = (query: object): boolean =>
  'revision' in query || ['as-of', 'as_of', 'asOf'].some((name) => name in query);
