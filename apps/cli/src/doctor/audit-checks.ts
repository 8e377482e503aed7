import { statSync } from 'node:fs';
import { type Checkpoint, openCheckpoint, readCheckpoint, UnknownSigner } from '@connections/audit/checkpoint';
import { type KeyFile, MissingKeys, UnusableKeys } from '@connections/audit/key-file';
import { MalformedNote, parseVerifierKey, type SignerKey, verifierLine } from '@connections/audit/signed-note';
import { keyFileOf, targetsOf } from '@connections/host/audit';
import type { Configuration } from '@connections/host/configuration';
import { counted } from '../progress';
import { type Check, check, type Finding, ok, problem, warning } from './check';
import type { DatabasePart, Signed } from './parts';

const AGAIN = 'Run this again; if it stays, ask for help with this line.';

/** What checkpoints are compared with. */
interface Compared {
  readonly database: Pick<DatabasePart, 'rootAt'>;
  /** Whether the tree has caught up with the log. */
  readonly isTreeCurrent: boolean;
}

/** Checks that the log can be signed, was signed by known keys, and that its checkpoints were delivered. */
export async function auditChecks(
  configuration: Configuration,
  database: Compared['database'] & Pick<DatabasePart, 'signed'>,
  isTreeCurrent: boolean,
): Promise<Check[]> {
  const compared = { database, isTreeCurrent };
  // Read before the database, so that a checkpoint signed meanwhile does not seem unknown to it.
  const targets = targetsOf(configuration).map((target) => ({ ...target, newest: target.newest() }));
  await Promise.allSettled(targets.map(({ newest }) => newest));
  let signed: Signed | null;
  try {
    signed = await database.signed();
  } catch (error) {
    const details = `What was signed cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return [{ name: 'checkpoints', ...problem(details, AGAIN) }];
  }
  if (signed === null) return [];
  const file = keyFileOf(configuration);
  return [
    { name: 'signing-key', ...keyFinding(file, signed, configuration) },
    await check('checkpoints', () => checkpointFinding(signed, compared), AGAIN),
    ...(await Promise.all(
      targets.map(({ name, place, newest }) => {
        const look = async (): Promise<Finding> =>
          (await outsideFinding(place, await newest, signed, compared)) ??
          deliveryFinding(place, signed.undelivered[name]);
        return check(`checkpoints to ${name}`, look, 'See that this user may read what is there.');
      }),
    )),
  ];
}

function keyFinding(file: KeyFile, signed: Signed, configuration: Configuration): Finding {
  try {
    return usableFinding(file, file.read(), signed);
  } catch (error) {
    if (error instanceof MissingKeys) return missingFinding(file, signed, configuration);
    if (!(error instanceof UnusableKeys)) throw error;
    return problem(error.message, 'Restore the file from a back-up; nothing is signed until then.');
  }
}

function usableFinding({ path }: KeyFile, all: readonly SignerKey[], { newest, retired }: Signed): Finding {
  const keys = all.filter((key) => !retired.includes(verifierLine(key)));
  if (keys.length === 0) {
    return problem(`Every key in ${path} was retired, and signs no more.`, 'Add one by "audit key rotate".');
  }
  const names = keys.map(({ name, id }) => `${name}+${id}`).join(' and ');
  const origin = originOf(newest);
  if (origin !== null && keys.some(({ name }) => name !== origin)) {
    const details = `${path} holds ${names}, and the checkpoints so far are of ${origin}.`;
    return problem(details, `Put the key of ${origin} back: a log keeps its name, and nothing is signed by another.`);
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    const advice = `Take their rights away (chmod 600), and make a new key by "audit key rotate" if somebody may have used them.`;
    return warning(`${path}, which holds ${names}, can be read or written by others than its owner.`, advice);
  }
  return ok(`${names} can sign; ${keys.length === 1 ? 'it is' : 'they are'} in ${path}.`);
}

function missingFinding({ path }: KeyFile, { newest, keys }: Signed, { EVENTSTORE_URL }: Configuration): Finding {
  const details = `There is no signing key in ${path}`;
  const [known] = keys;
  const origin = originOf(newest) ?? (known === undefined ? null : parseVerifierKey(known).name);
  if (origin !== null) {
    const advice = `Restore it from a back-up, or set AUDIT_KEY_FILE to it. If it is lost: "audit key create --name ${origin}".`;
    return problem(`${details}, and the log was signed before by ${origin}.`, advice);
  }
  return EVENTSTORE_URL === undefined
    ? warning(`${details} yet.`, 'Start the service, which makes it.')
    : warning(
        `${details}: nothing is signed.`,
        'Make one by "audit key create --name <log>", and give it to each process.',
      );
}

/** How the tree contradicts a checkpoint; null if it agrees, or is smaller and may still grow. */
async function treeAgainst(
  { size, root }: Checkpoint,
  { database, isTreeCurrent }: Compared,
): Promise<'is of others' | 'has fewer' | null> {
  const found = await database.rootAt(size);
  if (found === null) return isTreeCurrent ? 'has fewer' : null;
  return found === root.toString('base64') ? null : 'is of others';
}

const told = ({ size, signedAt }: Checkpoint): string => `of ${counted(size)} events, signed at ${signedAt}`;

const forked = (details: string, how: string): Finding =>
  problem(
    `${details}, and the tree over the log ${how}: the log is not the one that was signed.`,
    'Restore the log that was signed; "audit verify" tells what differs. Nothing is signed.',
  );

async function checkpointFinding({ newest, keys }: Signed, compared: Compared): Promise<Finding> {
  if (newest === null) return ok('None was signed yet.');
  try {
    const checkpoint = openCheckpoint(newest, keys.map(parseVerifierKey));
    const how = await treeAgainst(checkpoint, compared);
    if (how !== null) return forked(`The newest is ${told(checkpoint)}`, how);
    return ok(`The newest is ${told(checkpoint)} by a key that is known.`);
  } catch (error) {
    if (!(error instanceof MalformedNote || error instanceof UnknownSigner)) throw error;
    const advice = 'Somebody wrote to the database. Run "audit verify" with the checkpoints that were kept outside.';
    return problem(`The newest is not what a known key has signed: ${error.message}`, advice);
  }
}

/** Whether a checkpoint outside shows that the database, or both stores, were restored from an older copy. */
async function outsideFinding(
  place: string,
  note: string | null,
  { newest }: Signed,
  compared: Compared,
): Promise<Finding | null> {
  if (note === null) return null;
  const outside = checkpointIn(note);
  if (outside === null) {
    return problem(`What has the largest number in ${place} is no checkpoint.`, 'Find out who writes there.');
  }
  const how = await treeAgainst(outside, compared);
  if (how !== null) return forked(`The largest in ${place} is ${told(outside)}`, how);
  const inside = (newest === null ? null : checkpointIn(newest)?.size) ?? 0;
  if (outside.size <= inside) return null;
  const details = `The largest in ${place} is ${told(outside)}, and the database knows ${inside === 0 ? 'none' : `none of more than ${counted(inside)}`}: it is an older copy.`;
  return warning(details, 'If there is a newer copy of the database, restore it. Revoke again what was revoked since.');
}

function checkpointIn(note: string): Checkpoint | null {
  try {
    return readCheckpoint(note);
  } catch (error) {
    if (error instanceof MalformedNote) return null;
    throw error;
  }
}

function deliveryFinding(place: string, undelivered: number): Finding {
  if (undelivered === 0) return ok(`All are in ${place}.`);
  const details = `${counted(undelivered)} ${undelivered === 1 ? 'is' : 'are'} not in ${place} yet.`;
  const advice = `The running service brings them within seconds. If this number stays, its log says why; see that ${place} can be written to.`;
  return warning(details, advice);
}

/** The name of the log that a checkpoint belongs to; null if there is no readable checkpoint. */
const originOf = (note: string | null): string | null => (note === null ? null : (checkpointIn(note)?.origin ?? null));
