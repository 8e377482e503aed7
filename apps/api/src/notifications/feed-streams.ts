import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { FeedWatch } from '@connections/notifications/feed-watch';
import { inflected } from '../http/conventions';
import { ProblemError } from '../http/problems';
import type { AuthenticatedRequest } from '../http/request';
import { LOG } from '../log';
import { feedCursor, type FeedMark } from './feed-cursor';
import { FeedPages } from './feed-pages';
import { StillPermitted } from './still-permitted';

/** So many streams may be open for one credential or person. */
const MOST_FOR_ONE = 50;
/** How many events are read at once. */
const PAGE_SIZE = 50;
/** How often it is looked whether the caller would still be let in, in milliseconds. */
const JUDGE_EVERY = 5_000;
/** How often something is sent, so that nobody on the way takes the silence for an end, in milliseconds. */
const HEARTBEAT_EVERY = 15_000;
/** After how long a client that was cut off should come back, in milliseconds. */
const COME_BACK_AFTER = 1_000;

/** A live stream, and how many events it has given so far. */
export type FeedStream = Readable & { events: number };

/** The open live streams of this process. */
@Injectable()
export class FeedStreams implements OnModuleDestroy {
  readonly #open = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(
    private readonly pages: FeedPages,
    private readonly watch: FeedWatch,
    private readonly permitted: StillPermitted,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /**
   * A stream of server-sent events for a request: what is new in the caller's feed, until one of both sides ends it or the
   * caller may not read any more. It is read only as fast as the client takes it.
   * @param after what the client has seen last.
   * @throws ProblemError when the caller has too many already.
   */
  open(request: AuthenticatedRequest, reply: FastifyReply, after: FeedMark): FeedStream {
    const { id } = request.caller;
    const others = this.#open.get(id) ?? 0;
    if (others >= MOST_FOR_ONE) {
      const details = `You have ${others} streams open already. Close one, or share one between those who listen.`;
      throw new ProblemError({ code: 'rate-limited', details }, { retryAfter: JUDGE_EVERY / 1_000 });
    }
    this.#open.set(id, others + 1);
    const gone = new AbortController();
    const count = (): void => void (stream.events += 1);
    const texts = this.#events(request, after, gone.signal, count);
    const stream = Object.assign(Readable.from(texts, { objectMode: false }), { events: 0 });
    // Sooner than the stream itself, which first finishes what it waits for.
    reply.raw.once('close', () => gone.abort());
    // One who does not read keeps the loop below, which judges as well, from coming round.
    const stalled = setInterval(() => {
      if (reply.raw.writableNeedDrain) void this.#endUnlessPermitted(request, reply);
    }, JUDGE_EVERY);
    stream.once('close', () => {
      clearInterval(stalled);
      const left = (this.#open.get(id) ?? 1) - 1;
      if (left === 0) this.#open.delete(id);
      else this.#open.set(id, left);
    });
    return stream;
  }

  /** Before the server closes, which waits for every answer to end. */
  async onModuleDestroy(): Promise<void> {
    this.#closing.abort();
    await this.watch.stop();
  }

  async #endUnlessPermitted(request: AuthenticatedRequest, reply: FastifyReply): Promise<void> {
    // While it cannot be known nothing changes; it is asked again.
    const isPermitted = await this.permitted.judge(request, 'read').catch(() => true);
    if (!isPermitted) reply.raw.destroy();
  }

  async *#events(
    request: AuthenticatedRequest,
    from: FeedMark,
    gone: AbortSignal,
    count: () => void,
  ): AsyncGenerator<string> {
    const { organizationId } = request.caller;
    let mark = from;
    const bell = new Bell();
    const forget = this.watch.onNews(organizationId, () => bell.ring());
    const ring = (): void => bell.ring();
    for (const signal of [gone, this.#closing.signal]) signal.addEventListener('abort', ring);
    try {
      // Whoever is cut off before the first event comes back to this very place.
      yield `retry: ${COME_BACK_AFTER}\nevent: start\nid: ${feedCursor(mark)}\ndata: {}\n\n`;
      let [judged, sent] = [performance.now(), performance.now()];
      while (!gone.aborted && !this.#closing.signal.aborted) {
        if (performance.now() - judged >= JUDGE_EVERY) {
          if (!(await this.permitted.judge(request, 'read'))) return;
          judged = performance.now();
        }
        const items = await this.pages.after(organizationId, mark.position, PAGE_SIZE);
        for (const item of items) {
          ({ mark } = item);
          count();
          yield `id: ${feedCursor(mark)}\ndata: ${JSON.stringify(inflected(request, item.resource))}\n\n`;
          sent = performance.now();
        }
        if (items.length === PAGE_SIZE) continue;
        await bell.rung(JUDGE_EVERY);
        if (performance.now() - sent >= HEARTBEAT_EVERY) {
          yield ': still here\n\n';
          sent = performance.now();
        }
      }
    } catch (err) {
      // The client comes back to where it was, and hears as an answer what is wrong if it is still.
      this.log.warn({ err, requestId: request.id }, 'a live stream was broken off');
    } finally {
      forget();
      for (const signal of [gone, this.#closing.signal]) signal.removeEventListener('abort', ring);
    }
  }
}

/** Remembers that it was rung until somebody has heard it, so that nothing is missed in between. */
class Bell {
  #isRung = false;
  #hear: () => void = () => undefined;

  ring(): void {
    this.#isRung = true;
    this.#hear();
  }

  /** Waits until it is rung, or for so many milliseconds. */
  async rung(timeout: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout);
        this.#hear = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isRung = false;
    this.#hear = () => undefined;
  }
}
