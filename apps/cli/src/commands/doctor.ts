import type { Command } from 'commander';
import { examples, show, wantsJson } from './shown';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Checks what the service stands on and says what to do. Changes nothing; the service may run.')
    .option('--full', 'check the hash of every event, not only of a sample')
    .addHelpText(
      'after',
      examples(
        ['doctor', 'exit code 1 where there is a problem; warnings are none'],
        ['doctor --full --json', 'for a nightly check'],
      ),
    )
    .action(async ({ full = false }: { full?: boolean }, command: Command) => {
      const { doctor } = await import('../doctor/doctor.js');
      show(command, await doctor({ full, silent: wantsJson(command) }));
    });
}
