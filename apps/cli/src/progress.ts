/** The progress of long work. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Items a second. */
  readonly rate: number;
  readonly secondsLeft: number;
}

/** The progress of work that began at `started`, by `performance.now()`. */
export function progressSince(started: number, done: number, total: number): Progress {
  const rate = Math.round(done / Math.max(0.001, (performance.now() - started) / 1_000));
  return { done, total, rate, secondsLeft: Math.ceil((total - done) / Math.max(1, rate)) };
}

/**
 * In milliseconds: how often a line is written when standard error is no terminal, and how often the live line changes
 * on a terminal.
 */
const LINE_EVERY = 5_000;
const LIVE_EVERY = 100;

/** Shows progress on standard error: one live line on a terminal, otherwise a line now and then. */
export class ProgressLine {
  readonly #live = process.stderr.isTTY;
  #shownAt = performance.now();

  constructor(
    private readonly what: string,
    private readonly silent: boolean,
    private readonly unit: 'events' | 'rows' = 'events',
  ) {}

  show(progress: Progress): void {
    const now = performance.now();
    if (this.silent || now - this.#shownAt < (this.#live ? LIVE_EVERY : LINE_EVERY)) return;
    this.#shownAt = now;
    this.#write(progress);
  }

  /** Shows the final progress, or, without it, removes the live line. */
  end(progress?: Progress): void {
    if (this.silent) return;
    if (progress) this.#write(progress);
    if (this.#live) process.stderr.write(progress ? '\n' : '\r\u001b[K');
  }

  #write({ done, total, rate, secondsLeft }: Progress): void {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    const left = done < total ? `, ${durationOf(secondsLeft)} left` : '';
    const line = `${this.what}: ${counted(done)} of ${counted(total)} ${this.unit} (${percent} %), ${counted(rate)}/s${left}`;
    process.stderr.write(this.#live ? `\r\u001b[K${line}` : `${line}\n`);
  }
}

export const counted = (number: number): string => number.toLocaleString('en-US');

function durationOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
