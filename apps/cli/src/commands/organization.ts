import type { Command } from 'commander';
import { limitIn, nameIn, organizationIdIn } from '../arguments';
import type { PageOptions } from '../pages';
import { examples, show } from './shown';

export function addOrganizationCommands(program: Command): void {
  const group = program
    .command('organization')
    .description('The organizations that may connect.')
    .addHelpText(
      'after',
      examples(
        ['organization create "Acme"', 'answers its Organization ID'],
        ['organization list', 'the newest twenty'],
      ),
    );
  group
    .command('create')
    .description('Makes an organization. Makes the data folder and the tables first, where there are none.')
    .argument('<name>', 'what people call it, 1 to 200 characters', nameIn)
    .addHelpText('after', examples(['organization create "Acme"', 'answers its Organization ID']))
    .action(async (name: string, _options: object, command: Command) => {
      const { createOrganization } = await import('../organizations.js');
      show(command, await createOrganization(name));
    });
  group
    .command('list')
    .description('Lists organizations, newest first.')
    .option('--limit <n>', 'at most so many, 1 to 1000', limitIn, 20)
    .option('--after <org_…>', 'go on behind this one', organizationIdIn)
    .addHelpText('after', examples(['organization list --limit 100', 'the newest hundred']))
    .action(async (options: PageOptions, command: Command) => {
      const { listOrganizations } = await import('../organizations.js');
      show(command, await listOrganizations(options));
    });
}
