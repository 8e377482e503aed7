import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE } from './built';
import { type Answer, Client } from './client';
import { until } from './until';

/** How long to wait for an instance to answer, in milliseconds: one that is paused never does. */
const LOOK = 3_000;

/** One process of the built service; it keeps its address when it is started again. */
export class Instance {
  #child: ChildProcess | undefined;
  #log = '';

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly port: number,
  ) {}

  /** An instance on these stores, at a free port; not started yet. */
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

  /** Whether its process exists, paused or not. */
  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Everything that it has logged, over all its starts. */
  get log(): string {
    return this.#log;
  }

  /** Its resident memory, in bytes. */
  get residentBytes(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#running.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  }

  /** Starts it and waits until it listens. @throws if it exits instead. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--max-semi-space-size=8', SERVICE], {
      env: { ...process.env, MALLOC_ARENA_MAX: '2', PORT: String(this.port), LOG_LEVEL: 'warn', ...this.environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    // When a test run is aborted, no service is left behind.
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

  /** Kills it, as a power cut would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Suspends it: its connections stay open, but it answers nobody. */
  pause(): void {
    this.#running.kill('SIGSTOP');
  }

  /** Resumes it, as if no time had passed. */
  resume(): void {
    this.#running.kill('SIGCONT');
  }

  /** @returns its answer; null if there is none. */
  async ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer | null> {
    const asking = new Client(this.url, null).get(path, { headers }).catch(() => null);
    return Promise.race([asking, delay(LOOK, null, { ref: false })]);
  }

  /** The state of its projector, according to /readyz; null when the instance does not answer. */
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
