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

/** The most open streams of one credential or person. */
const MOST_FOR_ONE = 50;
/** How many events are read at once. */
const PAGE_SIZE = 50;
/** How often it is checked that the caller would still be admitted, in milliseconds. */
const JUDGE_EVERY = 5_000;
/** How often something is sent, so that no intermediary takes silence for the end, in milliseconds. */
const HEARTBEAT_EVERY = 15_000;
/** How soon a disconnected client should come back, in milliseconds. */
const COME_BACK_AFTER = 1_000;

/** A live stream that counts the events it has given. */
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
   * A stream of server-sent events with what is new in the caller's feed. Ends when either side ends it, or when the
   * caller loses the permission to read. It is generated only as fast as the client reads.
   * @param after what the client has seen last.
   * @throws ProblemError when the caller has too many open streams.
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
    // Earlier than the stream's own close, which first waits for the generator.
    reply.raw.once('close', () => gone.abort());
    // A client that does not read blocks the loop below, which checks permissions too.
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

  /** Before the server closes, since that waits for every answer to end. */
  async onModuleDestroy(): Promise<void> {
    this.#closing.abort();
    await this.watch.stop();
  }

  async #endUnlessPermitted(request: AuthenticatedRequest, reply: FastifyReply): Promise<void> {
    // An error changes nothing: it is checked again.
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
      // A client that is disconnected before the first event comes back to this place.
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
      // The client comes back to where it was, and is told what is wrong if it still is.
      this.log.warn({ err, requestId: request.id }, 'a live stream was broken off');
    } finally {
      forget();
      for (const signal of [gone, this.#closing.signal]) signal.removeEventListener('abort', ring);
    }
  }
}

/** A signal that stays set until somebody has waited for it, so that none is missed in between. */
class Bell {
  #isRung = false;
  #hear: () => void = () => undefined;

  ring(): void {
    this.#isRung = true;
    this.#hear();
  }

  /** Waits until it is rung, or for `timeout` milliseconds. */
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
