/** A database that cannot be used as it is. The message says what is wrong and what to do, in one line. */
export class UnusableDatabase extends Error {}

/** The same of a file, whether it holds a database or should. */
export class UnusableFile extends UnusableDatabase {}

/** The database is away, or cannot do its work now. Trying again later may go well. */
export class DatabaseUnavailable extends Error {}
