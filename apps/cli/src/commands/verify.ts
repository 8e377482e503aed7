import type { Command } from 'commander';
import type { VerifyOptions } from '../verify';
import { exportFileIn, keysIn, noteIn } from '../verify-arguments';
import { examples, show } from './shown';

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'Verifies an export by itself, without the service: that it is what was signed, and that each event is in the log. ' +
        'The first thing that is wrong is named. Exit code 1 when something is.',
    )
    .argument('<file>', 'the export, as NDJSON or CSV; - for standard input', exportFileIn)
    .requiredOption(
      '--key <key>',
      'a key that the log signs by, <name>+<id>+<base64>, or a file of them; may be given more than once',
      keysIn,
    )
    .option('--since <file>', 'a checkpoint that you have kept: the log must begin with it', noteIn)
    .option('--checkpoint <file>', 'a checkpoint that you have by another way: the export must agree with it', noteIn)
    .addHelpText(
      'after',
      examples(
        ['verify everything.ndjson --key log.pub', 'the keys that you were given, a line each'],
        ['verify june.csv --key log.pub --since may.checkpoint', 'and nothing of May was changed since'],
      ),
    )
    .action(async (file: string, options: VerifyOptions, command: Command) => {
      const { verify } = await import('../verify.js');
      show(command, await verify(file, options));
    });
}
