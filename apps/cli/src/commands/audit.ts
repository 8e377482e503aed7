import { type Command, Option } from 'commander';
import { accessKinds } from '@connections/audit/access-filter';
import type { VerifierKey } from '@connections/audit/signed-note';
import type { AccessListOptions } from '../accesses';
import { accessIdIn, credentialIdIn, limitIn, momentIn, newFileIn } from '../arguments';
import { keysIn } from '../verify-arguments';
import { addKeyCommands } from './audit-key';
import { examples, show, wantsJson } from './shown';

export function addAuditCommands(program: Command): void {
  const group = program
    .command('audit')
    .description('What shows that the history is what happened, and who looked at it.')
    .addHelpText(
      'after',
      examples(
        ['audit verify', 'is the log what was signed?'],
        ['audit key create --name connections.example', 'before the first start on servers'],
        ['audit checkpoint > checkpoint.txt', 'what can be shown to others'],
        ['audit accesses --kind export', 'who exported what'],
      ),
    );
  group
    .command('verify')
    .description(
      'Reads the whole log and compares it with all that vouches for it: hashes, the tree, the texts beside the log, and ' +
        'every signed checkpoint. The first event that is wrong is named. The service may run meanwhile. Exit code 1 ' +
        'when something is wrong. Progress is told on standard error.',
    )
    .option('--state <file>', 'keeps there how far it has come, and goes on from there the next time', newFileIn)
    .option(
      '--checkpoint <file>',
      'a checkpoint kept elsewhere, or a folder of them, that the log must agree with; may be given more than once',
      (path: string, before: readonly string[] | undefined) => [...(before ?? []), path],
    )
    .option(
      '--key <key>',
      'believe this key alone, <name>+<id>+<base64> or a file of them, and not the database',
      keysIn,
    )
    .addHelpText(
      'after',
      examples(
        ['audit verify --state audit.state', 'each time what came since'],
        ['audit verify --checkpoint /mnt/witness --key log.pub', 'found also when the database was rewritten as well'],
      ),
    )
    .action(
      async (
        options: { state?: string; checkpoint?: readonly string[]; key?: readonly VerifierKey[] },
        command: Command,
      ) => {
        const { verifyLiveLog } = await import('../log-verification.js');
        show(command, await verifyLiveLog(options, wantsJson(command)));
      },
    );
  group
    .command('accesses')
    .description('Lists who looked into what happened, newest first: exports, and what auditors and the platform read.')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(accessKinds))
    .option('--credential <api_…|usr_…>', 'only by this key or person', credentialIdIn)
    .option('--from <moment>', 'only at or after a moment, in ISO 8601', momentIn)
    .option('--to <moment>', 'only at or before a moment, in ISO 8601', momentIn)
    .option('--limit <n>', 'at most so many, 1 to 1000', limitIn, 20)
    .option('--after <acs_…>', 'go on behind this one', accessIdIn)
    .addHelpText(
      'after',
      examples(
        ['audit accesses --kind export', 'who exported what'],
        ['audit accesses --credential api_ABC123', 'what one credential looked at'],
      ),
    )
    .action(async (options: AccessListOptions, command: Command) => {
      const { listAccesses } = await import('../accesses.js');
      show(command, await listAccesses(options));
    });
  group
    .command('checkpoint')
    .description('Signs a checkpoint of everything that is in the log now, unless there is one, and shows it.')
    .addHelpText('after', examples(['audit checkpoint > checkpoint.txt', 'keep it outside, to compare with later']))
    .action(async (_options: object, command: Command) => {
      const { signCheckpoint } = await import('../audit-checkpoint.js');
      show(command, await signCheckpoint());
    });
  addKeyCommands(group);
}
