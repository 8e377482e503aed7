import type { Kysely } from 'kysely';
import { RECOGNISED_FOR } from '@connections/event-store/recorded-requests';
import type { DirectoryTables } from './directory.tables';

/**
 * Rows created before this are not recognised as the effect of a repeated request, which counts as a new one by now.
 */
export const forgottenBefore = (now: Date): string => new Date(now.getTime() - RECOGNISED_FOR).toISOString();

/**
 * Runs at the end of the transaction of a change, with its result. If it throws, the change is rolled back: so the code
 * that stores answers can make sure that a retried request has one effect.
 */
export type Settle<T> = (tx: Kysely<DirectoryTables>, result: T) => Promise<void>;

/** For changes that are not made by repeatable requests. */
export const unsettled: Settle<unknown> = async () => undefined;
