import type { CommanderError } from 'commander';
import type { Failure } from './failed';

/** What the caller hears whose command line makes no sense. */
export function wrongUsage({ code, message }: CommanderError): Failure {
  return { code: 'wrong-usage', details: code === 'commander.help' ? NO_COMMAND : wordingOf(message), exitCode: 2 };
}

const NO_COMMAND = 'A command is needed. Try --help.';

/** In one sentence and a hint; commander's own wording begins with "error:" and may have a second line. */
function wordingOf(message: string): string {
  const said = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    // Commander repeats what it was given, and what is told may be read by others.
    .replace(/PRIVATE\+KEY\+[^\s']*/g, 'PRIVATE+KEY+…');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.?!)]$/.test(said) ? '' : '.'} Try --help.`;
}
