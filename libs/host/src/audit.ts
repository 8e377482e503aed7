import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { folderTarget, urlTarget } from '@connections/audit/checkpoint-targets';
import { Checkpoints, type TreeFollower } from '@connections/audit/checkpoints';
import type { CheckpointTarget } from '@connections/audit/delivery';
import { KeyFile, MissingKeys } from '@connections/audit/key-file';
import { KnownKeys } from '@connections/audit/known-keys';
import { Tree } from '@connections/audit/tree';
import { UnusableFile } from '@connections/database/unusable';
import type { Configuration } from './configuration';
import type { Stores } from './stores';

/** What proofs are made from and signed with. */
export interface Audit {
  readonly tree: Tree;
  readonly keys: KeyFile;
  readonly knownKeys: KnownKeys;
  readonly checkpoints: Checkpoints;
}

/** @param follower feeds the tree in this process, or stands by while another process does. */
export function auditOf({ eventStore, database }: Stores, configuration: Configuration, follower: TreeFollower): Audit {
  const tree = new Tree(database.as());
  const keys = keyFileOf(configuration);
  const checkpoints = new Checkpoints(database.as(), eventStore, tree, follower, keys, targetsOf(configuration));
  return { tree, keys, knownKeys: new KnownKeys(database.as(), keys), checkpoints };
}

/** The file of the signing keys. */
export const keyFileOf = ({ DATA_DIR, AUDIT_KEY_FILE }: Pick<Configuration, 'DATA_DIR' | 'AUDIT_KEY_FILE'>): KeyFile =>
  new KeyFile(resolve(AUDIT_KEY_FILE ?? resolve(DATA_DIR, 'audit.key')));

/**
 * The outside places to which checkpoints are delivered. With a log server there is no default folder, since instances
 * on several machines share none.
 */
export function targetsOf(configuration: Configuration): CheckpointTarget[] {
  const { DATA_DIR, EVENTSTORE_URL, AUDIT_CHECKPOINT_FOLDER, AUDIT_CHECKPOINT_URL } = configuration;
  const ownFolder = EVENTSTORE_URL === undefined ? resolve(DATA_DIR, 'checkpoints') : undefined;
  const folder = AUDIT_CHECKPOINT_FOLDER ?? ownFolder;
  return [
    ...(folder === undefined ? [] : [folderTarget(folder)]),
    ...(AUDIT_CHECKPOINT_URL === undefined ? [] : [urlTarget(AUDIT_CHECKPOINT_URL)]),
  ];
}

/**
 * Creates the signing key of a log that never had one, if this process is the only one that serves the log. A key that
 * existed before is not replaced: whoever lost it has to know.
 * @throws UnusableFile if it cannot be determined whether there was one.
 */
export async function provideKey(
  { keys, knownKeys }: Pick<Audit, 'keys' | 'knownKeys'>,
  configuration: Configuration,
): Promise<void> {
  if (configuration.EVENTSTORE_URL !== undefined) return;
  try {
    keys.read();
  } catch (error) {
    if (!(error instanceof MissingKeys) || (await knownKeys.all()).length > 0) return;
    for (const target of targetsOf(configuration)) if ((await newestAt(target)) !== null) return;
    keys.create(`connections-${randomBytes(4).toString('hex')}`);
  }
}

/** An unreadable place leaves that open, and a key is only created at a start. @throws UnusableFile */
async function newestAt(target: CheckpointTarget): Promise<string | null> {
  try {
    return await target.newest();
  } catch (error) {
    throw new UnusableFile(
      `${target.place} cannot be read (${(error as Error).message}), and no signing key can be made before it is known that nothing in there was signed by another. Let this user read it, or set AUDIT_CHECKPOINT_FOLDER to another folder.`,
      { cause: error },
    );
  }
}
