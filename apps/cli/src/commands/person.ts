import { type Command, Option } from 'commander';
import { organizationRoles } from '@connections/directory/roles';
import { emailIn, limitIn, nameIn, organizationIdIn, personIdIn, personIn } from '../arguments';
import type { PageOptions } from '../pages';
import type { MembershipOptions, NewPersonOptions, PasswordOptions } from '../people';
import { examples, show } from './shown';

const role = (): Option =>
  new Option('--role <role>', 'what they may do for it').choices(organizationRoles).makeOptionMandatory();

export function addPersonCommands(program: Command): void {
  const group = program
    .command('person')
    .description('The people who sign in, and the organizations they belong to.')
    .addHelpText(
      'after',
      examples(
        ['person create ada@example.com --organization org_ABC123 --role admin', 'a link by which Ada joins'],
        ['person reset-password ada@example.com', 'a new password for one who forgot it'],
      ),
    );
  group
    .command('create')
    .description(
      'Makes a link, shown once, by which somebody joins an organization and sets a password; or, with ' +
        '--password-stdin, the person at once.',
    )
    .argument('<e-mail>', 'their e-mail address', emailIn)
    .requiredOption('--organization <org_…>', 'what they belong to', organizationIdIn)
    .addOption(role())
    .option('--name <name>', 'how they are called; with --password-stdin only', nameIn)
    .option('--password-stdin', 'read their password from standard input')
    .addHelpText(
      'after',
      examples(
        ['person create ada@example.com --organization org_ABC123 --role admin', 'a link'],
        [
          'person create ada@example.com --name Ada --organization org_ABC123 --role admin --password-stdin < file',
          'the person',
        ],
      ),
    )
    .action(async (email: string, options: NewPersonOptions, command: Command) => {
      if ((options.passwordStdin ?? false) !== (options.name !== undefined)) {
        command.error('--name and --password-stdin go together: whoever joins by a link says themselves who they are.');
      }
      const { createPerson } = await import('../people.js');
      show(command, await createPerson(email, options));
    });
  group
    .command('list')
    .description('Lists people and what they belong to, newest first.')
    .option('--organization <org_…>', 'only the people of this organization', organizationIdIn)
    .option('--limit <n>', 'at most so many, 1 to 1000', limitIn, 20)
    .option('--after <usr_…>', 'go on behind this one', personIdIn)
    .addHelpText('after', examples(['person list --organization org_ABC123', 'the people of one organization']))
    .action(async (options: PageOptions & { organization?: string }, command: Command) => {
      const { listPeople } = await import('../people.js');
      show(command, await listPeople(options));
    });
  group
    .command('reset-password')
    .description('Sets a password, shown once where it is not given, and signs the person out everywhere.')
    .argument('<person>', 'their id or e-mail address', personIn)
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', examples(['person reset-password ada@example.com', 'a random password, shown once']))
    .action(async (person: string, options: PasswordOptions, command: Command) => {
      const { resetPassword } = await import('../people.js');
      show(command, await resetPassword(person, options));
    });
  group
    .command('join')
    .description('Lets somebody who can sign in already belong to one more organization.')
    .argument('<person>', 'their id, or an e-mail address that single sign-on vouched for', personIn)
    .requiredOption('--organization <org_…>', 'what they belong to from now on', organizationIdIn)
    .addOption(role())
    .addHelpText(
      'after',
      examples(['person join usr_ABC123 --organization org_ABC123 --role auditor', 'a member stays what they are']),
    )
    .action(async (person: string, options: MembershipOptions, command: Command) => {
      const { joinOrganization } = await import('../people.js');
      show(command, await joinOrganization(person, options));
    });
  group
    .command('leave')
    .description('Ends that somebody belongs to an organization. A running service heeds it within half a second.')
    .argument('<person>', 'their id or e-mail address', personIn)
    .requiredOption('--organization <org_…>', 'what they belong to no more', organizationIdIn)
    .addHelpText(
      'after',
      examples(['person leave ada@example.com --organization org_ABC123', 'the last admin cannot leave']),
    )
    .action(async (person: string, options: Pick<MembershipOptions, 'organization'>, command: Command) => {
      const { leaveOrganization } = await import('../people.js');
      show(command, await leaveOrganization(person, options));
    });
}
