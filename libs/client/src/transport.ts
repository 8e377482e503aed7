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

/** The parameters of a URL's query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A request, the same in every try. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | null;
  readonly idempotencyKey: string | null;
}

/** A file whose bytes are still arriving. */
interface Begun<T> {
  readonly file: T;
  readonly body: AsyncIterable<Uint8Array>;
}

const OF_BODIES = { 'content-type': 'application/json' };

/** Makes calls: with the API key, within the time limit, with retries. */
export class Transport {
  readonly #settings: Settings;
  /** The position of this client's last write, as far as it knows. */
  #position = '';

  constructor(options: ClientOptions) {
    this.#settings = settingsOf(options);
  }

  /** @param fresh whether the answer has to show what this client wrote before. */
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

  /** A page of a list. */
  list(path: string, query: Query, how: { fresh: boolean }, options: CallOptions): Promise<Answered> {
    return this.get(path, query, how, options, areResources);
  }

  /**
   * A call that takes effect, once, however often it is tried.
   * @throws TypeError for options that only steps have, which pass them on as query and headers.
   */
  write(
    path: string,
    attributes: object,
    { idempotencyKey: given, dryRun, ifMatch, ...options }: WriteOptions,
    { query = {}, headers: more = {} }: { query?: Query; headers?: Record<string, string> } = {},
  ): Promise<Answered> {
    // Untyped callers may pass them, and a caller who meant to try something must not find it done.
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
   * One or several questions in a request body. They have no effect, and their answers are never those of an earlier
   * try.
   */
  ask(path: string, data: object, options: CallOptions): Promise<Answered> {
    const headers = this.#headers(options, OF_BODIES);
    const body = JSON.stringify({ data });
    const request: Request = { method: 'POST', url: this.#url(path, {}), headers, body, idempotencyKey: null };
    return this.#answerTo(request, Array.isArray(data) ? areAnswersTo(data) : isResource, options);
  }

  /**
   * For responses too long to wait for. Settles when the first bytes arrive; from then on the time limit no longer
   * applies.
   * @param fileOf describes the requested file from the headers; null when the response is not that file.
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
      // From then on only the caller ends it. `any` leaves no listener on the caller's signal, which may outlive many
      // streams.
      const ended = options.signal === undefined ? end.signal : AbortSignal.any([end.signal, options.signal]);
      const begun = await this.#reached<Begun<T> | Answer>(request, time, async (signal) => {
        signal.addEventListener('abort', () => end.abort(signal.reason));
        const response = await this.#settings.fetch(request.url, { headers, signal: ended, redirect: 'manual' });
        // Node's streams are async iterables, but the DOM types do not say so.
        const body = response.body as unknown as AsyncIterable<Uint8Array> | null;
        const file = response.ok ? fileOf(response.headers) : null;
        if (file !== null && body !== null) return { file, body: whole(body, request, ended) };
        return { status: response.status, headers: response.headers, text: await response.text() };
      });
      if ('status' in begun) throw refusalIn(begun, request);
      return begun;
    });
  }

  /** @throws InvalidRequest for a value that no header can carry. */
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
          // There is no point in waiting for a try that there is no time left for.
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
      // Not followed: a redirected POST would become a GET, and be answered as if nothing were wrong.
      const response = await this.#settings.fetch(url, { method, headers, body, signal, redirect: 'manual' });
      return { status: response.status, headers: response.headers, text: await response.text() };
    });
  }

  /** Runs one try. @throws Unreachable when it fails, or takes longer than the time limit of a try. */
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
 * Passes the bytes on.
 * @throws Unreachable if they break off, or the signal's reason if that is aborted.
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

/** Other values may be rejected or altered by a platform, and would not arrive as they were given. */
const PRINTABLE = /^[!-~]([ -~]*[!-~])?$/;

/** The service refuses a longer value, or replaces it by an id of its own. */
const LONGEST = 255;

/** The message of the innermost cause. If several addresses of a name were tried, there is only a code. */
function reasonOf({ message, code, cause }: { message?: string; code?: string; cause?: unknown }): string {
  if (typeof cause === 'object' && cause !== null) return reasonOf(cause);
  return message || code || 'nobody said why';
}

/**
 * An id as a segment of a path.
 * @throws InvalidRequest for an id that would lead to another path.
 */
export function idIn(id: string): string {
  if (id !== '' && id !== '.' && id !== '..') return encodeURIComponent(id);
  throw new InvalidRequest(`${JSON.stringify(id)} is no id.`, { code: 'invalid-parameter' });
}
