import { ruleOf, type Status, steps } from '@connections/connection/domain/lifecycle';
import { decode } from '@connections/connection/stored-events';
import { backwards } from '@connections/event-store/backwards';
import type { EventStore } from '@connections/event-store/event-store';
import { type Said, statusAfter } from './telling';

/**
 * The statuses of at least this many connections are remembered, and of at most twice as many; others are read from
 * their streams.
 */
const REMEMBERED = 25_000;

const only = new Map(
  steps
    .map(ruleOf)
    .flatMap(({ event, from: [status = null, ...others] }) =>
      others.length === 0 ? [[event as string, status] as const] : [],
    ),
);

/** The status of each connection before each event, for a walk through the log. */
export class Statuses {
  /** Those that have changed last. */
  #recent = new Map<string, Status>();
  /** The ones before: dropped all at once, which is cheaper than keeping them in order. */
  #older = new Map<string, Status>();

  constructor(private readonly log: Pick<EventStore, 'read'>) {}

  /** @returns the status before the event; null before the first. A promise only when it has to be read. */
  before(stream: string, revision: number, said: Said): Status | null | Promise<Status | null> {
    const from = this.#recent.get(stream) ?? this.#older.get(stream) ?? only.get(said.event.type);
    if (revision > 0 && from === undefined) {
      return this.#read(stream, revision - 1).then((read) => this.#passed(stream, said, read));
    }
    return this.#passed(stream, said, revision === 0 ? null : (from ?? null));
  }

  #passed(stream: string, said: Said, status: Status | null): Status | null {
    const after = statusAfter(said, status);
    if (after !== null) this.#remember(stream, after);
    return status;
  }

  #remember(stream: string, status: Status): void {
    this.#recent.set(stream, status);
    if (this.#recent.size < REMEMBERED) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }

  /** The status set by the last event that sets one; others leave it as it was. */
  async #read(stream: string, from: number): Promise<Status | null> {
    for await (const recorded of backwards(this.log, stream, from)) {
      const status = statusAfter({ event: decode(recorded), commitment: null }, null);
      if (status !== null) return status;
    }
    return null;
  }
}
