import { type Command, Option } from 'commander';
import { momentIn, organizationIdIn, revisionIn, scopesIn } from '../arguments';
import { ofService, serviceAccessIn, type ServiceOptions } from '../service';
import { type PastOptions, chosenPast } from './past-options';
import { examples, show } from './shown';

interface ShareCheckOptions extends PastOptions, ServiceOptions {
  readonly scopes: string[];
}

export function addShareCheckCommand(program: Command): void {
  const command: Command = program
    .command('share-check')
    .description('Asks a running service whether data may be shared. The exit code is 0 for yes alone.')
    .argument('<source>', 'the organization whose data it is', organizationIdIn)
    .argument('<destination>', 'the organization that would receive it', organizationIdIn)
    .requiredOption('--scopes <scopes>', 'the types of data, separated by commas', scopesIn)
    .addOption(
      new Option('--as-of <moment>', 'answer for a past moment, in ISO 8601').argParser(momentIn).conflicts('revision'),
    )
    .option('--revision <n>', 'answer for a past revision of the connection', revisionIn);
  ofService(command)
    .addHelpText(
      'after',
      examples(
        [
          'share-check org_ABC123 org_DEF456 --scopes inquiry.read --url http://127.0.0.1:3000',
          'now, with CONNECT_KEY set',
        ],
        ['share-check org_ABC123 org_DEF456 --scopes inquiry.read --as-of 2026-03-01T12:00:00Z', 'on 1 March at noon'],
      ),
    )
    .action(async (source: string, destination: string, options: ShareCheckOptions) => {
      const access = serviceAccessIn(command, options);
      if (access === null) command.error('A running service is asked: give --url, or CONNECT_URL in the environment.');
      const { scopes } = options;
      const parties = { sourceOrganizationId: source, destinationOrganizationId: destination };
      const question = { ...parties, scopes, ...chosenPast(options) };
      const { checkSharing } = await import('../share-check.js');
      show(command, await checkSharing(access, question));
    });
}
