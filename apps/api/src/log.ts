import { destination, type Logger, pino } from 'pino';

/** The token by which parts of the service ask for the log. */
export const LOG = Symbol('log');

/** Where lines of the log go: standard error, so that standard output stays free for what people asked for. */
export const logLines = destination({ dest: 2, sync: true });

/** Structured lines of JSON. */
export const createLog = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, logLines);
