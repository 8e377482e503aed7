import { type Logger, pino } from 'pino';
import { LogLines } from './log-lines';

/** The injection token of the log. */
export const LOG = Symbol('log');

export const logLines = new LogLines();

/** A log of JSON lines. A line that cannot be written is lost, and the work goes on. */
export const createLog = (level: string): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write(line) {
        try {
          logLines.put(Buffer.from(line));
        } catch {
          // There is nobody to report it to.
        }
      },
    },
  );
