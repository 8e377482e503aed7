import { Silence } from './errors';

/** The part of a streaming call that the inbox uses. */
export interface Sender<Message> {
  on(event: 'data', listener: (message: Message) => void): this;
  on(event: 'end', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  pause(): unknown;
  resume(): unknown;
  cancel(): void;
}

/** The most that is buffered, in bytes: events may be large. */
const MAXIMUM_BYTES = 16 * 1_048_576;

/**
 * Buffers the messages of one call in order. It accepts no more from the server than it has room for, and each wait is
 * bounded by our own clock, since otherwise a silent server is noticed late or never.
 */
export class Inbox<Message> {
  #messages: Message[] = [];
  #bytes = 0;
  #sender: Sender<Message> | undefined;
  #paused = false;
  #ended = false;
  #cancelled = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** @param room the most messages buffered, apart from the few that are already on their way. */
  constructor(
    private readonly room: number,
    private readonly bytesOf: (message: Message) => number,
  ) {}

  /** @param call makes the call, and hands it over in the same turn so that no message is missed. */
  open(call: (handOver: (sender: Sender<Message>) => void) => Promise<void>): void {
    call((sender) => this.#attach(sender)).catch((error: unknown) => this.#fail(error));
  }

  #attach(sender: Sender<Message>): void {
    this.#sender = sender;
    sender.on('data', (message) => this.#receive(message));
    sender.on('end', () => {
      this.#ended = true;
      this.nudge();
    });
    sender.on('error', (error) => this.#fail(error));
    if (this.#cancelled) this.cancel();
  }

  /** Whether everything was taken and nothing more will come. False for a call that broke off. */
  get over(): boolean {
    return this.#ended && this.#failure === undefined && this.#messages.length === 0;
  }

  /** Settles once there is something to take, at the end of the call, or when it is nudged. @throws what broke the call. */
  async wait(timeout: number): Promise<void> {
    this.#throwIfBroken();
    if (this.#messages.length > 0 || this.#ended) return;
    if (await this.#isSilent(timeout)) throw new Silence(timeout);
    this.#throwIfBroken();
  }

  #isSilent(timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (silent: boolean): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(silent);
      };
      const timer = setTimeout(settle, timeout, true);
      this.#wake = () => settle(false);
    });
  }

  /** Messages that arrived before the fault are still to be taken. */
  #throwIfBroken(): void {
    if (this.#failure !== undefined && this.#messages.length === 0) throw this.#failure;
  }

  /** The oldest messages, at most `limit`. */
  take(limit: number): Message[] {
    const taken = this.#messages.length <= limit ? this.#messages : this.#messages.slice(0, limit);
    this.#messages = taken === this.#messages ? [] : this.#messages.slice(limit);
    if (this.#messages.length === 0) this.#bytes = 0;
    else for (const message of taken) this.#bytes -= this.bytesOf(message);
    if (this.#paused && this.#messages.length < this.room && this.#bytes < MAXIMUM_BYTES) {
      this.#paused = false;
      this.#sender?.resume();
    }
    return taken;
  }

  /** Ends the wait under way, if any. */
  nudge(): void {
    this.#wake?.();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.nudge();
  }

  /**
   * Lets a call that is almost finished end by itself, and cancels it only if it falls silent: cancelling resets the
   * stream, and servers and proxies close connections on which that happens often.
   */
  async leave(timeout: number): Promise<void> {
    try {
      while (!this.over) {
        this.take(Infinity);
        await this.wait(timeout);
      }
    } catch {
      this.cancel();
    }
  }

  /** Cancels the call, even one that is only made later. */
  cancel(): void {
    this.#cancelled = true;
    const sender = this.#sender;
    // Deferred: gRPC loses count of a call that is cancelled in the turn of its making, and keeps the process alive.
    if (sender !== undefined && !this.#ended) setImmediate(() => sender.cancel());
  }

  #receive(message: Message): void {
    this.#messages.push(message);
    this.#bytes += this.bytesOf(message);
    if (!this.#paused && (this.#messages.length >= this.room || this.#bytes >= MAXIMUM_BYTES)) {
      this.#paused = true;
      this.#sender?.pause();
    }
    this.#wake?.();
  }
}
