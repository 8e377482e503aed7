import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ChildOutcome {
  readonly exitCode: number | null;
  /** Its output: one JSON value a line. */
  readonly lines: readonly unknown[];
  readonly stderr: string;
}

/**
 * Runs a TypeScript program of this repository in its own process until it exits.
 * @param program its path.
 * @param fileSizeLimit the largest file it can write, in units of 512 bytes: simulates a full disk.
 */
export async function runChild(
  program: string,
  args: readonly string[],
  { fileSizeLimit }: { readonly fileSizeLimit?: number } = {},
): Promise<ChildOutcome> {
  const node = [process.execPath, join(__dirname, 'run-typescript.cjs'), program, ...args];
  const limited = ['-c', `ulimit -f ${fileSizeLimit ?? 'unlimited'}; exec "$0" "$@"`, ...node];
  const child = spawn('/bin/sh', limited, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { exitCode, lines: lines.map((line) => JSON.parse(line) as unknown), stderr };
}
