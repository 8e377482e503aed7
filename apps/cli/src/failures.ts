import { ConnectionsError } from '@connections/client/index';
import { TreeBehind } from '@connections/audit/checkpoints';
import { LogForked } from '@connections/audit/last-leaf';
import { LogIncomplete } from '@connections/audit/export/sources';
import { MissingKeys, UnusableKeys } from '@connections/audit/key-file';
import { Refusal } from '@connections/connection/domain/connection.errors';
import { NotThen } from '@connections/connection/past';
import { WrongOrder } from '@connections/connection/queries/compare-connection';
import { DatabaseUnavailable, UnusableDatabase, UnusableFile } from '@connections/database/unusable';
import { AlreadyMember } from '@connections/directory/invitations';
import { LastAdmin } from '@connections/directory/memberships';
import { EmailTaken } from '@connections/directory/people';
import { StoreUnavailable, UnusableEventStore } from '@connections/event-store/event-store';
import { Unprojectable } from '@connections/event-store/projection';
import { RebuildOvertaken } from '@connections/event-store/rebuild';
import { NotComparable } from '@connections/event-store/verify-projection';
import { UnusableState } from '@connections/audit/verification-state';
import { configurationFrom, InvalidConfiguration } from '@connections/host/configuration';
import { MissingData } from '@connections/host/existing-stores';
import { placeNames } from '@connections/host/place-names';
import { NeverDone } from '@connections/host/to-its-end';
import { Failed, type Failure } from './failed';
import { fileProblemOf } from './file-problems';

/** Converts an error of a correctly used command to a message. The only place that does. */
export function failureOf(error: unknown): Failure {
  const [code, details] = told(error);
  return { code, details, exitCode: 1 };
}

function told(error: unknown): [code: string, details: string] {
  if (error instanceof Failed) return [error.code, error.message];
  if (error instanceof ConnectionsError) return [error.code, error.message];
  if (error instanceof MissingData) return ['no-data', error.message];
  if (error instanceof UnusableFile) return ['unusable-file', error.message];
  if (error instanceof UnusableDatabase) return ['unusable-database', error.message];
  if (error instanceof DatabaseUnavailable) {
    const { database } = places();
    // An error on opening already says where the database is, and what to do.
    const isPlaced = error.message.includes(database);
    return ['database-unavailable', isPlaced ? error.message : placed(error.message, database)];
  }
  if (error instanceof InvalidConfiguration) {
    return ['invalid-configuration', `The configuration is not valid: ${error.problems.join(' ')}`];
  }
  if (error instanceof EmailTaken) return ['account-exists', `${error.message} See "person join".`];
  if (error instanceof AlreadyMember) return ['already-member', `${error.message} See "person list".`];
  if (error instanceof LastAdmin) return ['last-admin', error.message];
  if (error instanceof LogForked) return ['log-forked', error.message];
  if (error instanceof LogIncomplete) return ['log-incomplete', `${error.message} Run "doctor" and "audit verify".`];
  if (error instanceof MissingKeys) return ['no-key', error.message];
  if (error instanceof UnusableKeys) return ['unusable-keys', error.message];
  if (error instanceof TreeBehind) return ['tree-behind', `${error.message} See "projection status", and try again.`];
  if (error instanceof NotThen) return ['not-then', error.message];
  if (error instanceof WrongOrder) return ['wrong-order', error.message];
  if (error instanceof Refusal) return [error.code, error.message];
  if (error instanceof RebuildOvertaken) return ['rebuild-overtaken', error.message];
  if (error instanceof UnusableState) return ['unusable-state', error.message];
  if (error instanceof NotComparable) return ['not-comparable', error.message];
  if (error instanceof Unprojectable) {
    return ['unprojectable', `${error.message}. The table in use is unchanged. Run "doctor --full" to check the log.`];
  }
  if (error instanceof UnusableEventStore) return ['unusable-store', error.message];
  if (error instanceof StoreUnavailable) return ['store-unavailable', placed(error.message, places().log)];
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')) {
    const details = `The database cannot be used now: ${error.message} (${String(error.code)}). Run "doctor".`;
    return ['database-unavailable', details];
  }
  if (error instanceof NeverDone) return ['unexpected', error.message];
  const ofFile = fileProblemOf(error);
  if (ofFile !== null) return ['unusable-file', ofFile];
  return ['unexpected', error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

/** Adds where it is and what to do. */
const placed = (message: string, place: string): string =>
  `${message.replace(/\.?$/, '.')} It is ${place}. Run "doctor" to see what is wrong.`;

/** The configuration is valid, or the command would have failed earlier. */
const places = (): { log: string; database: string } => placeNames(configurationFrom(process.env));
