import type { Command } from 'commander';
import { examples, show, wantsJson } from './shown';

export function addProjectionCommands(program: Command): void {
  const group = program
    .command('projection')
    .description('The read models, which follow the log.')
    .addHelpText(
      'after',
      examples(
        ['projection status', 'how far they are'],
        ['projection verify', 'are they what the log says?'],
        ['projection rebuild', 'makes them anew from the log'],
      ),
    );
  group
    .command('status')
    .description('Tells how far each projection is, as far as the database says.')
    .addHelpText('after', examples(['projection status', 'a lag that stays is a reason to look at /readyz']))
    .action(async (_options: object, command: Command) => {
      const { projectionStatus } = await import('../projections.js');
      show(command, await projectionStatus());
    });
  group
    .command('rebuild')
    .description(
      'Replays the log into a new table and puts it in the place of the one in use. The service may run meanwhile: ' +
        'it reads the old table until the new one is complete. Progress is told on standard error.',
    )
    .argument('[name]', 'the projection; all when left out')
    .addHelpText('after', examples(['projection rebuild connections', 'Ctrl-C leaves everything as it was']))
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const { rebuildProjections } = await import('../projections.js');
      show(command, await rebuildProjections(name, wantsJson(command)));
    });
  group
    .command('verify')
    .description(
      'Replays the log into a temporary database and compares what that gives with the table in use, row by row. The ' +
        'service may run meanwhile. Nothing is changed. Progress is told on standard error.',
    )
    .argument('[name]', 'the projection; all when left out')
    .addHelpText(
      'after',
      examples(['projection verify connections', 'exit code 1 when a row differs, is missing or is too many']),
    )
    .action(async (name: string | undefined, _options: object, command: Command) => {
      const { verifyProjections } = await import('../projection-verification.js');
      show(command, await verifyProjections(name, wantsJson(command)));
    });
}
