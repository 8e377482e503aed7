import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BUSY_TIMEOUT, CONNECTION_SETTINGS } from '@connections/database/sqlite-file';
import { StoreUnavailable } from '../event-store';
import type { Outcome, WantedAppend, WritingOptions, Written } from './log-writer.thread';

interface Waiting {
  readonly append: WantedAppend;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** In megabytes. What a group of appends is made of dies with it. */
const YOUNG_GENERATION = 2;

/**
 * Writes to the log in a thread of its own, so that nobody else waits for the disk. What arrives in one turn of the event
 * loop, and what arrives while others are being written, is written together. The thread starts with the first append.
 */
export class LogWriter {
  #thread: Worker | null = null;
  #waiting: Waiting[] = [];
  /** Empty while the thread has nothing to do. */
  #writing: readonly Waiting[] = [];
  #isDone: (() => void) | null = null;

  /**
   * @param path a log that is open already
   * @param onCommit is told of each commit, after those who wait for it
   */
  constructor(
    private readonly path: string,
    private readonly onCommit: () => void,
  ) {}

  /** @returns once it is durable. Rejects with what SQLite says, when nothing was written, and StoreUnavailable. */
  append(append: WantedAppend): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#writeNext());
      this.#waiting.push({ append, resolve, reject });
    });
  }

  /** Once everything is written that waits. To be called once. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0 || this.#writing.length > 0) {
      await new Promise<void>((resolve) => {
        this.#isDone = resolve;
      });
    }
    const thread = this.#thread;
    if (thread === null) return;
    this.#thread = null;
    thread.ref();
    thread.postMessage(null);
    await once(thread, 'exit');
  }

  #writeNext(): void {
    if (this.#writing.length > 0) return;
    if (this.#waiting.length === 0) {
      this.#isDone?.();
      return;
    }
    this.#writing = this.#waiting;
    this.#waiting = [];
    const thread = (this.#thread ??= this.#start());
    // A process ends although its writer stands ready, but not before what it was given is written.
    thread.ref();
    thread.postMessage(this.#writing.map(({ append }) => append));
  }

  #start(): Worker {
    const options: WritingOptions = { path: this.path, settings: CONNECTION_SETTINGS, timeout: BUSY_TIMEOUT };
    const thread = new Worker(join(__dirname, `log-writer.thread${extname(__filename)}`), {
      workerData: options,
      // Of the source, which the tests run, Node.js would say that it has to guess what kind of module it is.
      execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    thread.on('message', (written: Written) => this.#settle(thread, written));
    thread.on('error', (error) => this.#lose(thread, error));
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

  /** The thread has ended by itself. The next append starts another. */
  #lose(thread: Worker, error: unknown): void {
    if (this.#thread === thread) this.#thread = null;
    const group = this.#writing;
    this.#writing = [];
    const why = error instanceof Error ? error.message : String(error);
    const lost = `The thread that writes the log has ended: ${why}. Whether this was written is not known.`;
    for (const { reject } of group) reject(new StoreUnavailable(lost, error));
    this.#writeNext();
  }
}
