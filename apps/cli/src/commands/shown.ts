import type { Command } from 'commander';
import type { Answer } from '../terminal';

/** Whether the caller asked for JSON. */
export const wantsJson = (command: Command): boolean => command.optsWithGlobals<{ json?: boolean }>().json === true;

/** Writes an answer to standard output, in the requested form. @throws the failure that comes with it, if any. */
export function show(command: Command, { document, text, failed = false, failure }: Answer): void {
  process.stdout.write(`${wantsJson(command) ? JSON.stringify(document) : text}\n`);
  if (failed) process.exitCode = 1;
  if (failure) throw failure;
}

/** The examples of a help page. */
export function examples(...lines: readonly (readonly [args: string, purpose: string])[]): string {
  const width = Math.max(...lines.map(([args]) => args.length));
  return `\nExamples:\n${lines.map(([args, purpose]) => `  npm run -s cli -- ${args.padEnd(width)}  ${purpose}\n`).join('')}`;
}
