import {
  type Answer,
  type Answered,
  answeredIn,
  areAnswersTo,
  areResources,
  type Fits,
  isResource,
  refusalIn,
} from './answers.js';
import { ConnectionsError, InvalidRequest, TimedOut, Unreachable } from './errors.js';
import {
  type CallOptions,
  type ClientOptions,
  patienceOf,
  type Settings,
  settingsOf,
  type WriteOptions,
} from './options.js';
import { mayPass, waitBefore } from './retries.js';
import { pause, within } from './time-limit.js';

/** What goes into a URL's query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A request, the same in every try. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | null;
  readonly idempotencyKey: string | null;
}

/** A file whose bytes are still on their way. */
interface Begun<T> {
  readonly file: T;
  readonly body: AsyncIterable<Uint8Array>;
}

const OF_BODIES = { 'content-type': 'application/json' };

/** Makes calls: with the key, within their time, as often as it takes. */
export class Transport {
  readonly #settings: Settings;
  /** The last place in the log that this client has written to, as far as it knows. */
  #position = '';

  constructor(options: ClientOptions) {
    this.#settings = settingsOf(options);
  }

  /** @param fresh whether the answer is to show what this client wrote before */
  get(
    path: string,
    query: Query,
    { fresh }: { fresh: boolean },
    options: CallOptions,
    fits: Fits = isResource,
  ): Promise<Answered> {
    const headers = this.#headers(options);
    if (fresh && this.#settings.readOwnWrites && this.#position !== '') {
      headers.set('connect-position', this.#position);
    }
    const request: Request = { method: 'GET', url: this.#url(path, query), headers, body: null, idempotencyKey: null };
    return this.#answerTo(request, fits, options);
  }

  /** A page of a list, as `get` gets a resource. */
  list(path: string, query: Query, how: { fresh: boolean }, options: CallOptions): Promise<Answered> {
    return this.get(path, query, how, options, areResources);
  }

  /**
   * For what takes effect: once, however often it is tried.
   * @throws TypeError for what is given to steps alone, who make a query and headers of it
   */
  write(
    path: string,
    attributes: object,
    { idempotencyKey: given, dryRun, ifMatch, ...options }: WriteOptions,
    { query = {}, headers: more = {} }: { query?: Query; headers?: Record<string, string> } = {},
  ): Promise<Answered> {
    // Types keep nobody from it, and whoever meant only to try it out must not find it done.
    const ofSteps: unknown[] = [dryRun, ifMatch];
    if (ofSteps.some((value) => value !== undefined)) {
      throw new TypeError('dryRun and ifMatch are for the steps of a connection alone.');
    }
    const idempotencyKey = given ?? crypto.randomUUID();
    const headers = this.#headers(options, { ...more, ...OF_BODIES, 'idempotency-key': idempotencyKey });
    const body = JSON.stringify({ data: { attributes } });
    const request: Request = { method: 'POST', url: this.#url(path, query), headers, body, idempotencyKey };
    return this.#answerTo(request, isResource, options);
  }

  /**
   * For questions that need a body, one or several. They take no effect, and their answers are never those of an
   * earlier try.
   */
  ask(path: string, data: object, options: CallOptions): Promise<Answered> {
    const headers = this.#headers(options, OF_BODIES);
    const body = JSON.stringify({ data });
    const request: Request = { method: 'POST', url: this.#url(path, {}), headers, body, idempotencyKey: null };
    return this.#answerTo(request, Array.isArray(data) ? areAnswersTo(data) : isResource, options);
  }

  /**
   * For what is too long to be waited for: it settles when it has begun to come, and only then the time is up no more.
   * @param fileOf what is told of the file that was asked for; null when the answer is none
   */
  stream<T extends object>(
    path: string,
    query: Query,
    fileOf: (headers: Headers) => T | null,
    options: CallOptions,
  ): Promise<Begun<T>> {
    const headers = this.#headers(options, { accept: '*/*' });
    const request: Request = { method: 'GET', url: this.#url(path, query), headers, body: null, idempotencyKey: null };
    return this.#call(request, options, async (time) => {
      const end = new AbortController();
      // Once it comes nothing but the caller ends it, whose signal may outlive many streams: no listener stays on it.
      const ended = options.signal === undefined ? end.signal : AbortSignal.any([end.signal, options.signal]);
      const begun = await this.#reached<Begun<T> | Answer>(request, time, async (signal) => {
        signal.addEventListener('abort', () => end.abort(signal.reason));
        const response = await this.#settings.fetch(request.url, { headers, signal: ended, redirect: 'manual' });
        // Node's streams are iterable, though the types of browsers do not say so.
        const body = response.body as unknown as AsyncIterable<Uint8Array> | null;
        const file = response.ok ? fileOf(response.headers) : null;
        if (file !== null && body !== null) return { file, body: whole(body, request, ended) };
        return { status: response.status, headers: response.headers, text: await response.text() };
      });
      if ('status' in begun) throw refusalIn(begun, request);
      return begun;
    });
  }

  /** @throws InvalidRequest for what no header can carry. */
  #headers({ correlationId }: CallOptions, more: Record<string, string> = {}): Headers {
    const headers = new Headers({
      authorization: `Bearer ${this.#settings.apiKey}`,
      accept: 'application/json',
      'key-inflection': 'camel',
    });
    const given = { ...(correlationId != null && { 'request-id': correlationId }), ...more };
    for (const [name, value] of Object.entries(given)) {
      if (!PRINTABLE.test(value) || value.length > LONGEST) {
        const message = `The header ${name} cannot carry ${JSON.stringify(value)}: give at most ${LONGEST} printable ASCII characters, and no space around them.`;
        throw new InvalidRequest(message, { code: 'invalid-header' });
      }
      headers.set(name, value);
    }
    return headers;
  }

  #url(path: string, query: Query): URL {
    const url = new URL(`api/v1/${path}`, this.#settings.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  #answerTo(request: Request, fits: Fits, options: CallOptions): Promise<Answered> {
    return this.#call(request, options, (time) => this.#try(request, fits, time));
  }

  async #call<T>(
    request: Request,
    { signal, ...options }: CallOptions,
    attempt: (time: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { url, idempotencyKey } = request;
    const { timeout, retries } = patienceOf(options, this.#settings);
    const deadline = performance.now() + timeout;
    let last: ConnectionsError | undefined;
    const overdue = (): TimedOut =>
      new TimedOut(`${url.origin} had not answered after ${timeout} ms.`, {
        code: 'timed-out',
        idempotencyKey,
        cause: last,
      });
    return within(timeout, signal, overdue, async (time) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(time);
        } catch (error) {
          if (!(error instanceof ConnectionsError) || !mayPass(error) || tries > retries) throw error;
          last = error;
          const wait = waitBefore(tries, error, Math.random());
          // Nothing is gained by waiting for a try that there is no time for.
          if (performance.now() + wait >= deadline) throw error;
          await pause(wait, time);
        }
      }
    });
  }

  async #try(request: Request, fits: Fits, time: AbortSignal): Promise<Answered> {
    const answer = await this.#answer(request, time);
    const position = answer.headers.get('connect-position') ?? '';
    if (position > this.#position) this.#position = position;
    return answeredIn(answer, request, fits);
  }

  #answer(request: Request, time: AbortSignal): Promise<Answer> {
    const { url, method, headers, body } = request;
    return this.#reached(request, time, async (signal) => {
      // A redirected POST would become a GET, and be answered as if nothing were wrong.
      const response = await this.#settings.fetch(url, { method, headers, body, signal, redirect: 'manual' });
      return { status: response.status, headers: response.headers, text: await response.text() };
    });
  }

  /** @throws Unreachable when what is to be done under the signal does not succeed in the time of one try. */
  async #reached<T>(request: Request, time: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { attemptTimeout } = this.#settings;
    const overdue = (): Error => new Error(`no answer came within ${attemptTimeout} ms`);
    try {
      return await within(attemptTimeout, time, overdue, work);
    } catch (cause) {
      time.throwIfAborted();
      throw unreachable(request, cause);
    }
  }
}

/**
 * @throws Unreachable where the bytes break off
 * @throws the signal's reason when it has ended
 */
async function* whole(
  body: AsyncIterable<Uint8Array>,
  request: Request,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(request, cause);
  }
}

function unreachable({ url, idempotencyKey }: Request, cause: unknown): Unreachable {
  const message = `${url.origin} could not be reached: ${reasonOf(cause as Error)}.`;
  return new Unreachable(message, { code: 'unreachable', idempotencyKey, cause });
}

/** Whatever else a platform lets pass, or takes off, comes to nobody as it was given. */
const PRINTABLE = /^[!-~]([ -~]*[!-~])?$/;

/** What is longer is refused by the service, or replaced by an id of its own. */
const LONGEST = 255;

/** The words of what lies at the bottom of an error. Where a name has several addresses, there are none but a code. */
function reasonOf({ message, code, cause }: { message?: string; code?: string; cause?: unknown }): string {
  if (typeof cause === 'object' && cause !== null) return reasonOf(cause);
  return message || code || 'nobody said why';
}

/**
 * An id as a part of a path.
 * @throws InvalidRequest for what would make another path of it.
 */
export function idIn(id: string): string {
  if (id !== '' && id !== '.' && id !== '..') return encodeURIComponent(id);
  throw new InvalidRequest(`${JSON.stringify(id)} is no id.`, { code: 'invalid-parameter' });
}
