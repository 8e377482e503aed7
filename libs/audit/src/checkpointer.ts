import type { Logger } from 'pino';
import type { Lease } from '@connections/event-store/lease';
import { type Checkpoints, TreeBehind, type TreeFollower } from './checkpoints';
import { UnusableKeys } from './key-file';
import type { KnownKeys } from './known-keys';
import { LogForked } from './last-leaf';
import { Rounds } from './rounds';
import type { Tree } from './tree';

export interface CheckpointerStatus {
  /**
   * `ok`; `behind` until the tree exists; `no-keys` when there is nothing to sign with; `forked` when the log is not
   * the one that was signed, so that nothing more is signed; `retrying` after another fault.
   */
  readonly state: 'ok' | 'behind' | 'no-keys' | 'forked' | 'retrying';
  /** What went wrong, and what to do; null when nothing did. */
  readonly problem: string | null;
  /** How many events the newest checkpoint covers; null before the first, or until it could be read. */
  readonly size: number | null;
}

/** How often to check whether a checkpoint is due, in milliseconds. */
const LOOK_EVERY = 1_000;

/**
 * The longest pause between checks after faults, in milliseconds: most faults pass soon, and a due checkpoint should
 * not wait long then.
 */
const LOOK_AGAIN_WITHIN = 5_000;

/** Signs a checkpoint when enough events have come since the last, or when the last is old enough. */
export class Checkpointer {
  readonly #rounds: Rounds;
  #status: CheckpointerStatus = { state: 'behind', problem: null, size: null };

  constructor(
    private readonly of: { readonly checkpoints: Checkpoints; readonly tree: Tree; readonly knownKeys: KnownKeys },
    private readonly follower: Pick<TreeFollower, 'readable'>,
    private readonly due: { readonly events: number; readonly minutes: number },
    log: Pick<Logger, 'warn' | 'error'>,
    /** Null when this process does not share the database. */
    private readonly lease: Lease | null,
  ) {
    this.#rounds = new Rounds(
      LOOK_EVERY,
      LOOK_AGAIN_WITHIN,
      (stopping) => this.#look(stopping),
      (err) => {
        if (err instanceof LogForked) log.error({ err }, 'THE LOG IS NOT THE ONE THAT WAS SIGNED; nothing is signed');
        else log.warn({ err }, 'no checkpoints are signed');
      },
    );
  }

  get status(): CheckpointerStatus {
    return this.#status;
  }

  start(): void {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.lease?.release().catch(() => undefined);
  }

  async #look(stopping: AbortSignal): Promise<void> {
    const { checkpoints, tree, knownKeys } = this.of;
    try {
      if (!this.follower.readable) return;
      // Every instance checks, so that each can report its status; one of them signs.
      const latest = await unless(stopping, checkpoints.examine());
      await knownKeys.register(latest?.origin ?? null);
      this.#status = { state: 'ok', problem: null, size: latest?.size ?? null };
      const grown = (await tree.size()) - (latest?.size ?? 0);
      const age = latest === null ? Number.POSITIVE_INFINITY : Date.now() - Date.parse(latest.signedAt);
      // A signing time in the future comes from a wrong clock, and is not waited for.
      if (grown === 0 || (grown < this.due.events && Math.abs(age) < this.due.minutes * 60_000)) return;
      if (this.lease !== null && !(await this.lease.take())) return;
      const { size } = await unless(stopping, checkpoints.sign());
      this.#status = { ...this.#status, size };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#status = { ...this.#status, state: stateAfter(error), problem };
      if (!(error instanceof TreeBehind)) throw error;
    }
  }
}

/** Waits for a check, which may take long while the log is unreachable, at most until the signal is aborted. */
async function unless<T>(stopping: AbortSignal, looking: Promise<T>): Promise<T> {
  looking.catch(() => undefined);
  stopping.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(stopping.reason as Error);
  stopping.addEventListener('abort', stop);
  try {
    return await Promise.race([looking, stopped.promise]);
  } finally {
    stopping.removeEventListener('abort', stop);
  }
}

function stateAfter(error: unknown): CheckpointerStatus['state'] {
  if (error instanceof TreeBehind) return 'behind';
  if (error instanceof LogForked) return 'forked';
  return error instanceof UnusableKeys ? 'no-keys' : 'retrying';
}
