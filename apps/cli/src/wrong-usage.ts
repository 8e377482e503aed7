import type { CommanderError } from 'commander';
import type { Failure } from './failed';

/** The error for a command line that makes no sense. */
export function wrongUsage({ code, message }: CommanderError): Failure {
  return { code: 'wrong-usage', details: code === 'commander.help' ? NO_COMMAND : wordingOf(message), exitCode: 2 };
}

const NO_COMMAND = 'A command is needed. Try --help.';

/** One sentence and a hint; commander's own message begins with "error:" and may have a second line. */
function wordingOf(message: string): string {
  const said = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    // Commander repeats its arguments, and others may read the message.
    .replace(/PRIVATE\+KEY\+[^\s']*/g, 'PRIVATE+KEY+…');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.?!)]$/.test(said) ? '' : '.'} Try --help.`;
}
