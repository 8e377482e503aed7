import { writeSync } from 'node:fs';

const STANDARD_ERROR = 2;
/** How long to pause before retrying a write to a slow reader, in milliseconds. */
const PAUSE = 1;
const LINE_FEED = 10;
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes log lines to standard error, so that standard output stays free for requested output. Each write is complete
 * when it returns, or throws; a library's stream would drop lines silently once its reader is gone.
 */
export class LogLines {
  /** Whether the last line was written only in part. */
  #isTorn = false;

  /** @param write with the signature of Node's `writeSync`, bound to a file. */
  constructor(private readonly write: (bytes: Uint8Array) => number = (bytes) => writeSync(STANDARD_ERROR, bytes)) {}

  /** @param lines whole lines, with their line ends. @throws the system's error when not all can be written. */
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
