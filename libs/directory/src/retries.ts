import type { Kysely } from 'kysely';
import { RECOGNISED_FOR } from '@connections/event-store/recorded-requests';
import type { DirectoryTables } from './directory.tables';

/** Rows made before this no longer answer to the request that made them: by now it would be a new one. */
export const forgottenBefore = (now: Date): string => new Date(now.getTime() - RECOGNISED_FOR).toISOString();

/**
 * Runs within the transaction of a change, once the change is made, with what it came to. What it throws undoes the
 * change: so a retried request is kept to one effect by whoever remembers its answers.
 */
export type Settle<T> = (tx: Kysely<DirectoryTables>, result: T) => Promise<void>;

/** For changes that nobody may ask for again. */
export const unsettled: Settle<unknown> = async () => undefined;
