import { text } from 'node:stream/consumers';
import { longestPassword, shortestPassword } from '@connections/directory/passwords';
import { Failed } from './failed';

/**
 * Reads a password from standard input, where neither the process list nor the shell history shows it.
 * @throws Failed when it is too short or too long.
 */
export async function passwordFromInput(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length >= shortestPassword && password.length <= longestPassword && !password.includes('\n'))
    return password;
  throw new Failed(
    'invalid-password',
    `A password is one line of ${shortestPassword} to ${longestPassword} characters, on standard input.`,
  );
}
