/** How the client reaches the service, and how patient it is. What is not configured is told when it is made. */
export interface ClientOptions {
  /** Where the service is, such as `https://connections.example.com`; a path before `/api/v1` belongs to it. */
  readonly baseUrl: string | undefined;
  /** `cx_…` */
  readonly apiKey: string | undefined;
  /** How long a call may take with all its retries, in milliseconds; 30 seconds when left out. */
  readonly timeout?: number | undefined;
  /** How long to wait for one answer before the call is tried again, in milliseconds; 10 seconds when left out. */
  readonly attemptTimeout?: number | undefined;
  /** How often a call is tried again when no answer came, or one that passes; 4 when left out. */
  readonly retries?: number | undefined;
  /** Whether reads show at least what this client wrote before; true when left out. */
  readonly readOwnWrites?: boolean | undefined;
  /** In place of the global one; it must heed its signal. */
  readonly fetch?: typeof fetch | undefined;
}

/** What any call may be given; undefined is as good as left out. */
export interface CallOptions {
  /**
   * Ends the call, which then throws the signal's reason. A command may have taken effect all the same: to make it again,
   * give it an `idempotencyKey` of your own.
   */
  readonly signal?: AbortSignal | undefined;
  /** In place of the client's own, in milliseconds. */
  readonly timeout?: number | undefined;
  /** In place of the client's own. */
  readonly retries?: number | undefined;
  /** Your id of what you are doing: kept as `correlationId` in the history. At most 255 printable ASCII characters. */
  readonly correlationId?: string | null | undefined;
}

/** What any call that writes may be given. */
export interface WriteOptions extends CallOptions {
  /**
   * Under which it takes effect once, however often it is made: at most 255 printable ASCII characters. A new one for
   * each call when left out.
   */
  readonly idempotencyKey?: string | null | undefined;
  /** Only a step of a connection can be tried out, or depend on a revision: see StepOptions. */
  readonly dryRun?: undefined;
  readonly ifMatch?: undefined;
}

/** How patient a call is. */
export interface Patience {
  readonly timeout: number;
  readonly retries: number;
}

/** What the options come to. */
export interface Settings extends Patience {
  readonly base: URL;
  readonly apiKey: string;
  readonly attemptTimeout: number;
  readonly readOwnWrites: boolean;
  readonly fetch: typeof fetch;
}

/** @throws TypeError or RangeError saying which option cannot be. */
export function settingsOf(options: ClientOptions): Settings {
  const { baseUrl, apiKey, attemptTimeout = 10_000, readOwnWrites = true, fetch = globalThis.fetch } = options;
  const patience = patienceOf(options, { timeout: 30_000, retries: 4 });
  // The key itself is in no message: messages are logged.
  if (apiKey === undefined || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError('apiKey must be an API key, such as cx_…, without spaces or line ends around it.');
  }
  checkMilliseconds('attemptTimeout', attemptTimeout);
  return { base: baseOf(baseUrl), apiKey, attemptTimeout, readOwnWrites, fetch, ...patience };
}

/** @throws RangeError saying which option cannot be. */
export function patienceOf(options: Pick<CallOptions, keyof Patience>, otherwise: Patience): Patience {
  const { timeout = otherwise.timeout, retries = otherwise.retries } = options;
  checkMilliseconds('timeout', timeout);
  if (!Number.isInteger(retries) || retries < 0) {
    throw new RangeError(`retries must be a whole number of at least 0; it is ${retries}.`);
  }
  return { timeout, retries };
}

/** Timers know no longer time than this, in milliseconds, and would be over at once. */
const LONGEST_TIME = 2 ** 31 - 1;

function checkMilliseconds(name: string, value: number): void {
  if (value >= 1 && value <= LONGEST_TIME) return;
  throw new RangeError(`${name} must be 1 to ${LONGEST_TIME} milliseconds; it is ${value}.`);
}

function baseOf(baseUrl: string | undefined): URL {
  const base = baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (base === null || !['http:', 'https:'].includes(base.protocol) || base.search !== '' || base.hash !== '') {
    throw new TypeError('baseUrl must be where the service is, such as https://connections.example.com.');
  }
  if (base.username !== '' || base.password !== '') throw new TypeError('baseUrl must not hold a user or password.');
  base.pathname = base.pathname.replace(/\/*$/, '/');
  return base;
}
