import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { identityOf } from '@connections/database/file-identity';
import { BUSY_TIMEOUT, CONNECTION_SETTINGS } from '@connections/database/sqlite-file';
import { StoreUnavailable } from '../event-store';
import { Gate } from '../gate';
import type { Outcome, WantedAppend, WriterOptions, Written } from './log-writer.thread';

interface Waiting {
  readonly append: WantedAppend;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** `maximumInFlight` covers the group being written and the one that is written next. */
const LIMITS = { maximumInFlight: 2_048, maximumWaiting: 4_096, giveUpAfter: 10_000 };

/**
 * Writes to the log in its own thread, so that the event loop never waits for the disk. Appends that arrive in one turn
 * of the event loop are written together, and so are those that arrive during a write. The thread starts with the first
 * append.
 */
export class LogWriter {
  readonly #options: WriterOptions;
  readonly #gate = new Gate(LIMITS);
  #thread: Worker | null = null;
  #waiting: Waiting[] = [];
  /** Empty while the thread has nothing to do. */
  #writing: readonly Waiting[] = [];

  /**
   * @param path a log that is already open.
   * @param onCommit is called after each commit, once its appends are answered.
   */
  constructor(
    path: string,
    private readonly onCommit: () => void,
  ) {
    const identity = identityOf(path);
    if (identity === null) throw new Error(`${path} went away as soon as it was opened`);
    this.#options = { path, identity, settings: CONNECTION_SETTINGS, timeout: BUSY_TIMEOUT };
  }

  /** Whether the path still names the file that was opened; to another file nothing is written. */
  get isInPlace(): boolean {
    const { path, identity } = this.#options;
    return identityOf(path) === identity;
  }

  /**
   * @param bytes the size of the events.
   * @returns once it is durable. Rejects with SQLite's error when nothing was written, or with StoreUnavailable.
   */
  async append(append: WantedAppend, bytes: number): Promise<Outcome> {
    const entering = this.#gate.enter(bytes);
    if (entering !== undefined) await entering;
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        if (this.#waiting.length === 0) setImmediate(() => this.#writeNext());
        this.#waiting.push({ append, resolve, reject });
      });
    } finally {
      this.#gate.leave(bytes);
    }
  }

  /** Settles once everything that waits is written. To be called once; nothing may be appended afterwards. */
  async close(): Promise<void> {
    await this.#gate.idle();
    const thread = this.#thread;
    if (thread === null) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    thread.ref();
    thread.postMessage(null);
    await ended;
  }

  #writeNext(): void {
    if (this.#writing.length > 0 || this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#waiting = [];
    try {
      this.#thread ??= this.#start();
    } catch (error) {
      const message = `The thread that writes the log cannot be started: ${messageOf(error)}; nothing was written.`;
      for (const { reject } of group) reject(new StoreUnavailable(message, error));
      return;
    }
    this.#writing = group;
    // An idle writer does not keep the process alive, but one that has something to write does.
    this.#thread.ref();
    this.#thread.postMessage(group.map(({ append }) => append));
  }

  #start(): Worker {
    const thread = new Worker(join(__dirname, `log-writer.thread${extname(__filename)}`), {
      workerData: this.#options,
      // For the source, which the tests run, Node.js would warn that it has to guess the kind of module.
      execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    });
    let reason: unknown = new Error('nothing says why');
    thread.on('message', (written: Written) => this.#settle(thread, written));
    thread.on('error', (error) => {
      reason = error;
    });
    thread.on('exit', () => this.#lose(reason));
    return thread;
  }

  #settle(thread: Worker, written: Written): void {
    const group = this.#writing;
    this.#writing = [];
    thread.unref();
    if ('failure' in written) {
      for (const { reject } of group) reject(Object.assign(new Error(written.failure.message), written.failure));
    } else {
      group.forEach(({ resolve }, index) => resolve(written.outcomes[index] as Outcome));
      this.onCommit();
    }
    this.#writeNext();
  }

  /** The thread has ended and released the file. A new one writes what still waits. */
  #lose(reason: unknown): void {
    const group = this.#writing;
    this.#writing = [];
    this.#thread = null;
    const message = `The thread that writes the log has ended: ${messageOf(reason)}. Whether this was written is not known.`;
    for (const { reject } of group) reject(new StoreUnavailable(message, reason));
    this.#writeNext();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
