import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BUSY_TIMEOUT, CONNECTION_SETTINGS } from '@connections/database/sqlite-file';
import { StoreUnavailable } from '../event-store';
import { Gate } from '../gate';
import type { Outcome, WantedAppend, WriterOptions, Written } from './log-writer.thread';

interface Waiting {
  readonly append: WantedAppend;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Those under way are the group that is being written, and the one that is written next. */
const LIMITS = { maximumInFlight: 2_048, maximumWaiting: 4_096, giveUpAfter: 10_000 };

/**
 * Writes to the log in a thread of its own, so that nobody else waits for the disk. What arrives in one turn of the event
 * loop is written together, and so is all that arrives while others are being written. The thread starts with the first
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
   * @param path a log that is open already
   * @param onCommit is told of each commit, after those who wait for it
   */
  constructor(
    path: string,
    private readonly onCommit: () => void,
  ) {
    const identity = identityOf(path);
    if (identity === null) throw new Error(`${path} went away as soon as it was opened`);
    this.#options = { path, identity, settings: CONNECTION_SETTINGS, timeout: BUSY_TIMEOUT };
  }

  /** Whether the file of that name is the one that was opened; to another nothing is written. */
  get isInPlace(): boolean {
    const { path, identity } = this.#options;
    return identityOf(path) === identity;
  }

  /**
   * @param bytes of the events
   * @returns once it is durable. Rejects with what SQLite says, when nothing was written, and StoreUnavailable.
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

  /** Once everything is written that waits. To be called once, and nothing is appended from then on. */
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
    // A process ends although its writer stands ready, but not before what it was given is written.
    this.#thread.ref();
    this.#thread.postMessage(group.map(({ append }) => append));
  }

  #start(): Worker {
    const thread = new Worker(join(__dirname, `log-writer.thread${extname(__filename)}`), {
      workerData: this.#options,
      // Of the source, which the tests run, Node.js would say that it has to guess what kind of module it is.
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

  /** The thread has ended, and has let go of the file. What waits is written by another one. */
  #lose(reason: unknown): void {
    const group = this.#writing;
    this.#writing = [];
    this.#thread = null;
    const message = `The thread that writes the log has ended: ${messageOf(reason)}. Whether this was written is not known.`;
    for (const { reject } of group) reject(new StoreUnavailable(message, reason));
    this.#writeNext();
  }
}

/** Null where there is no such file. */
function identityOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
