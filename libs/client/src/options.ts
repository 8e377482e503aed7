/** How the client reaches the service, and how long it tries. Invalid options are reported by the constructor. */
export interface ClientOptions {
  /** The URL of the service, such as `https://connections.example.com`; may include a path before `/api/v1`. */
  readonly baseUrl: string | undefined;
  /** An API key: `cx_…`. */
  readonly apiKey: string | undefined;
  /** The time limit of a call with all its retries, in milliseconds. Default: 30,000. */
  readonly timeout?: number | undefined;
  /** The time limit of one try, in milliseconds. Default: 10,000. */
  readonly attemptTimeout?: number | undefined;
  /** How often a call is retried after no answer, or a passing fault. Default: 4. */
  readonly retries?: number | undefined;
  /** Whether reads show at least what this client wrote before. Default: true. */
  readonly readOwnWrites?: boolean | undefined;
  /** Replaces the global `fetch`; it must honour its signal. */
  readonly fetch?: typeof fetch | undefined;
}

/** The options of every call; undefined counts as absent. */
export interface CallOptions {
  /**
   * Aborts the call, which then throws the signal's reason. A command may have taken effect all the same: to be able to
   * repeat it, give it an `idempotencyKey` of your own.
   */
  readonly signal?: AbortSignal | undefined;
  /** Overrides the client's `timeout`, in milliseconds. */
  readonly timeout?: number | undefined;
  /** Overrides the client's `retries`. */
  readonly retries?: number | undefined;
  /** Your id for what you are doing, kept as `correlationId` in the history. At most 255 printable ASCII characters. */
  readonly correlationId?: string | null | undefined;
}

/** The options of every call that writes. */
export interface WriteOptions extends CallOptions {
  /**
   * The call takes effect once under this key, however often it is repeated: at most 255 printable ASCII characters.
   * Default: a new key for each call.
   */
  readonly idempotencyKey?: string | null | undefined;
  /** Only the steps of a connection have these: see StepOptions. */
  readonly dryRun?: undefined;
  readonly ifMatch?: undefined;
}

/** How long and how often a call is tried. */
export interface Patience {
  readonly timeout: number;
  readonly retries: number;
}

/** The validated options, with defaults. */
export interface Settings extends Patience {
  readonly base: URL;
  readonly apiKey: string;
  readonly attemptTimeout: number;
  readonly readOwnWrites: boolean;
  readonly fetch: typeof fetch;
}

/** @throws TypeError or RangeError naming the invalid option. */
export function settingsOf(options: ClientOptions): Settings {
  const { baseUrl, apiKey, attemptTimeout = 10_000, readOwnWrites = true, fetch = globalThis.fetch } = options;
  const patience = patienceOf(options, { timeout: 30_000, retries: 4 });
  // The key is kept out of the message, since messages are logged.
  if (apiKey === undefined || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError('apiKey must be an API key, such as cx_…, without spaces or line ends around it.');
  }
  checkMilliseconds('attemptTimeout', attemptTimeout);
  return { base: baseOf(baseUrl), apiKey, attemptTimeout, readOwnWrites, fetch, ...patience };
}

/** @throws RangeError naming the invalid option. */
export function patienceOf(options: Pick<CallOptions, keyof Patience>, otherwise: Patience): Patience {
  const { timeout = otherwise.timeout, retries = otherwise.retries } = options;
  checkMilliseconds('timeout', timeout);
  if (!Number.isInteger(retries) || retries < 0) {
    throw new RangeError(`retries must be a whole number of at least 0; it is ${retries}.`);
  }
  return { timeout, retries };
}

/** The longest timer, in milliseconds; a longer one would fire at once. */
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
