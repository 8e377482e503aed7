import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { COMMAND_LINE } from './built';
import { parsed } from './parsed';
import { placesOf } from './servers';

/** The result of a run of the command line. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  // Tests inspect documents of every shape; what they find is what they assert.
  /** Standard output as JSON; null when it is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

/** The built command line, run as separate processes, on a data folder. */
export class CommandLine {
  constructor(
    readonly dataDir: string,
    /** Additional environment variables; by default, those of the folder's stores. */
    private readonly environment?: NodeJS.ProcessEnv,
  ) {}

  async run(...args: readonly string[]): Promise<Ended> {
    return (await this.start(args)).ended;
  }

  /** The document that a command prints with `--json`. @throws when it fails. */
  async ask(...args: readonly string[]): Promise<Ended['json']> {
    const { exitCode, json, stderr } = await this.run(...args, '--json');
    if (exitCode !== 0 || json === null) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
    return json as unknown;
  }

  /** Like `ask`, for a command that reads standard input. */
  async askWith(input: string, ...args: readonly string[]): Promise<Ended['json']> {
    const { exitCode, json, stderr } = await (await this.start([...args, '--json'], input)).ended;
    if (exitCode !== 0 || json === null) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
    return json as unknown;
  }

  async start(
    args: readonly string[],
    input?: string,
  ): Promise<{ readonly ended: Promise<Ended>; readonly interrupt: () => void }> {
    const places = this.environment ?? (await placesOf(this.dataDir));
    const env = { ...process.env, ...places, DATA_DIR: this.dataDir };
    const child = spawn(process.execPath, [COMMAND_LINE, ...args], { env });
    child.stdin.end(input);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(child, 'close').then(([exitCode]) => ({
      exitCode: exitCode as number | null,
      stdout,
      stderr,
      json: parsed(stdout),
    }));
    return { ended, interrupt: () => child.kill('SIGINT') };
  }
}
