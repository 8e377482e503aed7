import { type Logger, pino } from 'pino';
import { LogLines } from './log-lines';

/** The token by which parts of the service ask for the log. */
export const LOG = Symbol('log');

export const logLines = new LogLines();

/** Structured lines of JSON. What cannot be written is lost, and whatever it tells of goes on. */
export const createLog = (level: string): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write(line) {
        try {
          logLines.put(Buffer.from(line));
        } catch {
          // There is nobody left to be told.
        }
      },
    },
  );
