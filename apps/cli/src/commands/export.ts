import { type Command, Option } from 'commander';
import { connectionIdIn, newFileIn, organizationIdIn, sizeIn } from '../arguments';
import type { ExportOptions } from '../export';
import { examples, show, wantsJson } from './shown';

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description(
      'Exports events with their proofs into a file that "verify" verifies by itself. Until it is whole its name ends ' +
        'with .part, and the same command goes on with it. Progress is told on standard error.',
    )
    .argument('<file>', 'the file to be made', newFileIn)
    .addOption(
      new Option('--format <format>', 'one CloudEvent a line, or rows').choices(['ndjson', 'csv']).default('ndjson'),
    )
    .option('--connection <cxn_…>', 'only this connection; everything when left out', connectionIdIn)
    .addOption(
      new Option('--organization <org_…>', 'only the connections of this organization')
        .argParser(organizationIdIn)
        .conflicts('connection'),
    )
    .option('--checkpoint <size>', 'proven against this checkpoint; against one of all events when left out', sizeIn)
    .option('--since <size>', 'only what came after this older checkpoint', sizeIn)
    .addHelpText(
      'after',
      examples(
        ['export everything.ndjson', 'the whole log'],
        ['export june.csv --format csv --since 120000', 'what came after a checkpoint that the auditor has'],
      ),
    )
    .action(async (file: string, options: ExportOptions, command: Command) => {
      const { exportTo } = await import('../export.js');
      show(command, await exportTo(file, options, wantsJson(command)));
    });
}
