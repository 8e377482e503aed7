import { type Command, Option } from 'commander';
import { accessKinds } from '@connections/audit/accesses';
import type { AccessListOptions } from '../accesses';
import { accessIdIn, apiKeyIdIn, limitIn, momentIn } from '../arguments';
import { examples, show } from './shown';

export function addAuditCommands(program: Command): void {
  const group = program
    .command('audit')
    .description('What shows that the history is what happened, and who looked at it.')
    .addHelpText('after', examples(['audit accesses --kind export', 'who exported what']));
  group
    .command('accesses')
    .description('Lists who looked into what happened, newest first: exports, and what auditors and the platform read.')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(accessKinds))
    .option('--credential <api_…>', 'only by this credential', apiKeyIdIn)
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
}
