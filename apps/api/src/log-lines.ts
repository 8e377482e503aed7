import { writeSync } from 'node:fs';

const STANDARD_ERROR = 2;
/** How long a reader that is slower than we are is waited for at a time, in milliseconds. */
const PAUSE = 1;
const LINE_FEED = 10;
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Where lines of the log go: standard error, so that standard output stays free for what people asked for. Each write is
 * done when it returns, or says by itself that it is not; a library's stream is silent for ever once its reader has gone.
 */
export class LogLines {
  /** Something was written of a line, and not its end. */
  #isTorn = false;

  /** @param write as `writeSync` of Node */
  constructor(private readonly write: (bytes: Uint8Array) => number = (bytes) => writeSync(STANDARD_ERROR, bytes)) {}

  /** @param lines whole lines, each with its end. @throws what the system says where they cannot all be written. */
  put(lines: Uint8Array): void {
    const all = this.#isTorn ? Buffer.concat([Buffer.of(LINE_FEED), lines]) : lines;
    let left = all;
    while (left.length > 0) {
      try {
        left = left.subarray(this.write(left));
        this.#isTorn = left.length > 0 && all.at(-left.length - 1) !== LINE_FEED;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        Atomics.wait(never, 0, 0, PAUSE);
      }
    }
  }
}
