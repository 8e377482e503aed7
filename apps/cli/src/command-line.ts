import { Command, CommanderError } from 'commander';
import { toItsEnd } from '@connections/host/to-its-end';
import { addApiKeyCommands } from './commands/api-key';
import { addAuditCommands } from './commands/audit';
import { addConnectionCommands } from './commands/connection';
import { addDoctorCommand } from './commands/doctor';
import { addOrganizationCommands } from './commands/organization';
import { addPersonCommands } from './commands/person';
import { addProjectionCommands } from './commands/projection';
import { addExportCommand } from './commands/export';
import { addShareCheckCommand } from './commands/share-check';
import { addVerifyCommand } from './commands/verify';
import { examples } from './commands/shown';
import type { Failure } from './failed';
import { refuseRepeated } from './repeated-options';
import { harmless, oneLine } from './terminal';
import { wrongUsage } from './wrong-usage';

/** Runs the command of the command line. Exit codes: 0 done, 1 failed, 2 wrong usage. */
export async function main(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  heedStandardOutput(json);
  try {
    await toItsEnd(programFor(json).parseAsync([...args], { from: 'user' }));
  } catch (error) {
    // Help or the version has been printed.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const failure =
      error instanceof CommanderError ? wrongUsage(error) : (await import('./failures.js')).failureOf(error);
    fail(failure, json);
  }
}

function programFor(json: boolean): Command {
  const program = new Command('npm run -s cli --')
    .description(
      'Operates and audits a Connections service, on what it stores: in the folder DATA_DIR (./data when it is not ' +
        'set), or on the servers in EVENTSTORE_URL and DATABASE_URL. Some commands can ask a running service instead.',
    )
    .option('--json', 'answer with one JSON document on standard output, and errors as one on standard error')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    // Errors are printed in one place, by `fail`; and the help for a missing command would not be JSON.
    .configureOutput({ outputError: () => undefined, ...(json && { writeErr: () => undefined }) })
    .addHelpText(
      'after',
      examples(
        ['doctor', 'is everything in order?'],
        ['organization create "Acme"', 'an organization that may connect'],
        ['api-key create --role platform-admin --name "Operations"', 'the first key, for everything else over HTTP'],
        ['connection history cxn_ABC123', 'who did what, and when'],
        ['share-check org_ABC123 org_DEF456 --scopes inquiry.read', 'may this be shared now?'],
      ) + '\nExit codes: 0 done, 1 failed, 2 called wrongly. Every command has its own --help. See docs/cli.md.',
    );
  addOrganizationCommands(program);
  addApiKeyCommands(program);
  addPersonCommands(program);
  addConnectionCommands(program);
  addShareCheckCommand(program);
  addAuditCommands(program);
  addProjectionCommands(program);
  addExportCommand(program);
  addVerifyCommand(program);
  addDoctorCommand(program);
  refuseRepeated(program);
  return program;
}

function fail({ code, details, exitCode }: Failure, json: boolean): void {
  // A name may contain a line feed. The text of an unexpected error keeps its lines, which show where it happened.
  const told = code === 'unexpected' ? harmless(details) : oneLine(details);
  process.stderr.write(`${json ? JSON.stringify({ errors: [{ code, details }] }) : told}\n`);
  process.exitCode = exitCode;
}

/** A reader of the output that stops early, such as `head`, is no failure. Output that cannot be written is one. */
function heedStandardOutput(json: boolean): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit();
    const details = `The command did what it was asked, but its answer could not be written: ${message}. If it made a key or an invitation, revoke that and make another: it is shown only once.`;
    fail({ code: 'answer-lost', details, exitCode: 1 }, json);
  });
}
