import { destination, type Logger, pino } from 'pino';

/** The token by which parts of the service ask for the log. */
export const LOG = Symbol('log');

/** Structured lines of JSON on standard error, so that standard output stays free for what people asked for. */
export const createLog = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: true }));
