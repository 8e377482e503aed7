import type { Command } from 'commander';
import { keyIdIn, originIn } from '../arguments';
import { examples, show } from './shown';

/** @param audit the group of commands to add them to. */
export function addKeyCommands(audit: Command): void {
  const keys = audit
    .command('key')
    .description('The keys that sign checkpoints: the file AUDIT_KEY_FILE, or audit.key in DATA_DIR.')
    .addHelpText(
      'after',
      examples(['audit key rotate', 'a new key beside the old one'], ['audit key retire 6de6e16d', 'ends the old one']),
    );
  keys
    .command('create')
    .description('Makes the first key of a log. On servers every instance needs the same file.')
    .requiredOption('--name <origin>', 'the name of the log in its checkpoints, for ever', originIn)
    .addHelpText(
      'after',
      examples(['audit key create --name connections.example', 'an existing file is never changed']),
    )
    .action(async ({ name }: { name: string }, command: Command) => {
      const { createKey } = await import('../audit-keys.js');
      show(command, await createKey(name));
    });
  keys
    .command('rotate')
    .description('Adds a new key, which signs beside those that there are. A running service uses it at once.')
    .addHelpText('after', examples(['audit key rotate', 'then give its line to those who verify']))
    .action(async (_options: object, command: Command) => {
      const { rotateKey } = await import('../audit-keys.js');
      show(command, await rotateKey());
    });
  keys
    .command('retire')
    .description('Ends a key: it signs no more. What it signed stays verifiable.')
    .argument('<id>', 'the eight digits of the key', keyIdIn)
    .addHelpText('after', examples(['audit key retire 6de6e16d', 'the last key cannot be retired']))
    .action(async (id: string, _options: object, command: Command) => {
      const { retireKey } = await import('../audit-keys.js');
      show(command, await retireKey(id));
    });
  keys
    .command('list')
    .description('Lists the keys that sign, and those that did, as verifiers read them.')
    .addHelpText('after', examples(['audit key list --json', 'for a verifier']))
    .action(async (_options: object, command: Command) => {
      const { listKeys } = await import('../audit-keys.js');
      show(command, await listKeys());
    });
}
