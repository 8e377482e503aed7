import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Demo } from '../../apps/api/src/demo/demo';
import { SERVICE } from './built';
import { placesOf } from './servers';

/** The built service as a process of its own, as a user would run it. */
export interface RunningService {
  readonly demo: Demo;
  readonly process: ChildProcess;
  /** Everything that it has logged so far. */
  readonly log: () => string;
  /** Ends it in good order and waits for its end. */
  stop(): Promise<void>;
  /** Kills it, as a power cut would, and waits for its end. */
  kill(): Promise<void>;
}

/** Runs the built service to its end; for starts that are expected to fail, and for `--help`. */
export async function runToEnd(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [SERVICE, ...args], { env: { ...process.env, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

/** Starts the built service with its demonstration on a free port, and waits until it is ready. */
export async function startService(dataDir: string, environment: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const child = spawn(process.execPath, [SERVICE, '--demo', '--json'], {
    env: {
      ...process.env,
      ...(await placesOf(dataDir)),
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // When a test run is aborted, no service is left behind.
  const endWithTests = (): boolean => child.kill('SIGKILL');
  process.once('exit', endWithTests);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  // On `close`, its log is complete as well.
  const ended = once(child, 'close').then(() => process.off('exit', endWithTests));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`The service ended with exit code ${code} at its start:\n${log}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    demo: JSON.parse(line) as Demo,
    process: child,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
