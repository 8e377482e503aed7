import { Silence } from './errors';

/** What the inbox needs of a call that sends messages. */
export interface Sender<Message> {
  on(event: 'data', listener: (message: Message) => void): this;
  on(event: 'end', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  pause(): unknown;
  resume(): unknown;
  cancel(): void;
}

/** What waits here at the most, in bytes: events may be large. */
const MAXIMUM_BYTES = 16 * 1_048_576;

/**
 * The messages of one call, as they came. It takes no more from the server than it has room for, and each wait is
 * bounded by our own clock, since a server that has fallen silent is noticed late or never otherwise.
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

  /** @param room how many messages wait here at the most, but for the few that are on their way. */
  constructor(
    private readonly room: number,
    private readonly bytesOf: (message: Message) => number,
  ) {}

  /** @param call makes the call, and hands it over in the same turn, so that nothing that it says is missed. */
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

  /** Everything was taken, and there will be nothing more. A call that broke off ends as well, but that is no end. */
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

  /** What came before the fault is still to be taken. */
  #throwIfBroken(): void {
    if (this.#failure !== undefined && this.#messages.length === 0) throw this.#failure;
  }

  /** The oldest messages, at most so many. */
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

  /** Ends the wait of whoever waits. */
  nudge(): void {
    this.#wake?.();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.nudge();
  }

  /**
   * Lets a call end by itself of which little or nothing is still to come, and cancels it only where it falls silent: to
   * cancel one resets its stream, and a connection on which that happens often is closed by servers and what is before them.
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

  /** Lets the server go; also where the call is only made later. */
  cancel(): void {
    this.#cancelled = true;
    const sender = this.#sender;
    // gRPC loses count of a call that is cancelled in the turn in which it was made, and keeps the process alive for it.
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
