/** A database that cannot be used as it is. The message says in one line what is wrong and what to do. */
export class UnusableDatabase extends Error {}

/** A file that cannot be used, whether it holds a database or should. */
export class UnusableFile extends UnusableDatabase {}

/** The database is away, or cannot work now. A later try may succeed. */
export class DatabaseUnavailable extends Error {}
