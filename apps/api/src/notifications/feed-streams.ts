import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { FeedWatch } from '@connections/notifications/feed-watch';
import { inflected } from '../http/conventions';
import { JUDGE_EVERY, LongAnswers } from '../http/long-answers';
import type { AuthenticatedRequest } from '../http/request';
import { StillPermitted } from '../http/still-permitted';
import { LOG } from '../log';
import { feedCursor, type FeedMark } from './feed-cursor';
import { FeedPages } from './feed-pages';

/** How many events are read at once. */
const PAGE_SIZE = 50;
/** How often something is sent, so that nobody on the way takes the silence for an end, in milliseconds. */
const HEARTBEAT_EVERY = 15_000;
/** How soon a disconnected client should come back, in milliseconds. */
const COME_BACK_AFTER = 1_000;

/** A live stream that counts the events it has given. */
export type FeedStream = Readable & { events: number };

/** The open live streams of this process. */
@Injectable()
export class FeedStreams implements OnModuleDestroy {
  readonly #answers: LongAnswers;
  readonly #closing = new AbortController();

  constructor(
    private readonly pages: FeedPages,
    private readonly watch: FeedWatch,
    permitted: StillPermitted,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.#answers = new LongAnswers(permitted, {
      permission: 'read',
      isCutOff: false,
      mostForOne: 50,
      tooMany: (open) => `You have ${open} streams open already. Close one, or share one between those who listen.`,
    });
  }

  /**
   * A stream of server-sent events with what is new in the caller's feed. Ends when either side ends it, or when the
   * caller loses the permission to read. It is generated only as fast as the client reads.
   * @param after what the client has seen last.
   * @throws ProblemError when the caller has too many open streams.
   */
  open(request: AuthenticatedRequest, reply: FastifyReply, after: FeedMark): FeedStream {
    const over = this.#answers.begin(request, reply);
    const count = (): void => void (stream.events += 1);
    const texts = this.#events(request, after, over, count);
    const stream = Object.assign(Readable.from(texts, { objectMode: false }), { events: 0 });
    return stream;
  }

  /** Before the server closes, since that waits for every answer to end. */
  async onModuleDestroy(): Promise<void> {
    this.#closing.abort();
    await this.watch.stop();
  }

  async *#events(
    request: AuthenticatedRequest,
    from: FeedMark,
    over: AbortSignal,
    count: () => void,
  ): AsyncGenerator<string> {
    const { organizationId } = request.caller;
    let mark = from;
    const bell = new Bell();
    const forget = this.watch.onNews(organizationId, () => bell.ring());
    const ring = (): void => bell.ring();
    const isOver = (): boolean => over.aborted || this.#closing.signal.aborted;
    for (const signal of [over, this.#closing.signal]) signal.addEventListener('abort', ring);
    try {
      // A client that is disconnected before the first event comes back to this place.
      yield `retry: ${COME_BACK_AFTER}\nevent: start\nid: ${feedCursor(mark)}\ndata: {}\n\n`;
      let sent = performance.now();
      while (!isOver()) {
        const items = await this.pages.after(organizationId, mark.position, PAGE_SIZE);
        // Nobody hears of what happened after they were shut out.
        if (items.length > 0 && !(await this.#answers.isPermitted(request))) return;
        for (const item of items) {
          if (isOver()) return;
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
      for (const signal of [over, this.#closing.signal]) signal.removeEventListener('abort', ring);
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
