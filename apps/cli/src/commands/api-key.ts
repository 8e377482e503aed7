import { type Command, Option } from 'commander';
import { isPlatformRole, type Role, roles } from '@connections/directory/roles';
import type { NewKeyOptions } from '../api-keys';
import { apiKeyIdIn, futureMomentIn, limitIn, nameIn, organizationIdIn } from '../arguments';
import type { PageOptions } from '../pages';
import { examples, show } from './shown';

export function addApiKeyCommands(program: Command): void {
  const group = program
    .command('api-key')
    .description('The keys that callers of the API present.')
    .addHelpText(
      'after',
      examples(
        ['api-key create --role platform-admin --name "Operations"', 'the first key'],
        ['api-key revoke api_ABC123', 'ends a key'],
      ),
    );
  group
    .command('create')
    .description('Makes a key and shows it, once. The first platform key is made so.')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .requiredOption('--name <name>', 'what people call it, 1 to 200 characters', nameIn)
    .option('--organization <org_…>', 'whose key it is; platform roles have none', organizationIdIn)
    .option('--expires-at <moment>', 'when it ends by itself, in ISO 8601; never when left out', futureMomentIn)
    .addHelpText(
      'after',
      examples(
        ['api-key create --role platform-admin --name "Operations"', 'for organizations and keys over HTTP'],
        ['api-key create --role platform-auditor --name "Audit"', 'reads everything, writes nothing'],
        ['api-key create --organization org_ABC123 --role admin --name "Acme"', 'for one organization'],
      ),
    )
    .action(async (options: NewKeyOptions, command: Command) => {
      refuseMismatch(options, command);
      const { createApiKey } = await import('../api-keys.js');
      show(command, await createApiKey(options));
    });
  group
    .command('list')
    .description('Lists keys without their secrets, newest first.')
    .option('--organization <org_…>', 'only the keys of this organization', organizationIdIn)
    .option('--limit <n>', 'at most so many, 1 to 1000', limitIn, 20)
    .option('--after <api_…>', 'go on behind this one', apiKeyIdIn)
    .addHelpText('after', examples(['api-key list --organization org_ABC123', 'the keys of one organization']))
    .action(async (options: PageOptions & { organization?: string }, command: Command) => {
      const { listApiKeys } = await import('../api-keys.js');
      show(command, await listApiKeys(options));
    });
  group
    .command('revoke')
    .description('Ends a key for ever. A running service refuses it within half a second.')
    .argument('<api_…>', 'the id of the key', apiKeyIdIn)
    .addHelpText('after', examples(['api-key revoke api_ABC123', 'again changes nothing']))
    .action(async (id: string, _options: object, command: Command) => {
      const { revokeApiKey } = await import('../api-keys.js');
      show(command, await revokeApiKey(id));
    });
}

function refuseMismatch({ role, organization }: { role: Role; organization?: string }, command: Command): void {
  if (isPlatformRole(role) && organization !== undefined) {
    command.error(`A ${role} belongs to no organization: leave --organization out.`);
  }
  if (!isPlatformRole(role) && organization === undefined) {
    command.error(`A key with the role ${role} needs --organization.`);
  }
}
