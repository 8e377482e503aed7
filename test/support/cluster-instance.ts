import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE } from './built';
import { type Answer, Client } from './client';
import { until } from './command-line';

/** How long somebody who looks at an instance waits for it, in milliseconds: one that is paused never answers. */
const LOOK = 3_000;

/** One process of the built service; started again it is found at the same place. */
export class Instance {
  #child: ChildProcess | undefined;
  #log = '';

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly port: number,
  ) {}

  /** An instance on these stores, at a port that is free; it does not run yet. */
  static async on(environment: Readonly<Record<string, string>>): Promise<Instance> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return new Instance(environment, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Whether its process is there, paused or not. */
  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Everything that it has logged, in all its lives. */
  get log(): string {
    return this.#log;
  }

  /** The memory that it occupies, in bytes. */
  get residentBytes(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#running.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  }

  /** Starts it and waits until it listens. @throws when it ends instead. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--max-semi-space-size=8', SERVICE], {
      env: { ...process.env, MALLOC_ARENA_MAX: '2', PORT: String(this.port), LOG_LEVEL: 'warn', ...this.environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    // A test run that is broken off leaves no service behind.
    const endWithTests = (): boolean => child.kill('SIGKILL');
    process.once('exit', endWithTests);
    child.stderr.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
    child.once('exit', () => {
      process.off('exit', endWithTests);
      if (this.#child === child) this.#child = undefined;
    });
    await until('an instance listens', async () => {
      if (this.#child !== child) throw new Error(`An instance has ended at its start:\n${this.#log}`);
      return (await this.ask('/livez'))?.status === 200;
    });
  }

  /** Ends it in good order. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Ends it as a power cut would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Stops it in its tracks: its connections stay open, and it answers nobody. */
  pause(): void {
    this.#running.kill('SIGSTOP');
  }

  /** Lets it go on, as if no time had gone by. */
  resume(): void {
    this.#running.kill('SIGCONT');
  }

  /** @returns its answer; null when there is none. */
  async ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer | null> {
    const asking = new Client(this.url, null).get(path, { headers }).catch(() => null);
    return Promise.race([asking, delay(LOOK, null, { ref: false })]);
  }

  /** What its projector is at, as /readyz tells; null when the instance does not answer. */
  async projector(): Promise<string | null> {
    return ((await this.ask('/readyz'))?.body?.projections?.[0]?.state as string | undefined) ?? null;
  }

  get #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('The instance does not run: start() it.');
    return this.#child;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
