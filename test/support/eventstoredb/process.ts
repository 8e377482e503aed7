import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Controls, Request } from './controls';
import type { CallKind, Fault } from './faults';
import type { EventStoreDbOptions } from './server';

const RUN_TYPESCRIPT = join(__dirname, '..', '..', '..', 'libs', 'event-store', 'src', 'testing', 'run-typescript.cjs');

type Result<Method extends keyof Controls> = Awaited<ReturnType<Controls[Method]>>;

/** Starts a server as {@link startEventStoreDb} does, but in its own process, which can be killed and paused. */
export async function startEventStoreDbProcess(options: EventStoreDbOptions = {}): Promise<EventStoreDbProcess> {
  const server = new EventStoreDbProcess(options);
  await server.start();
  return server;
}

/** A server in its own process. Only its data file outlives the process. */
export class EventStoreDbProcess {
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private requests = 0;
  private address: Result<'start'> | undefined;

  constructor(private readonly options: EventStoreDbOptions) {}

  get port(): number {
    return this.started.port;
  }

  get connectionString(): string {
    return this.started.connectionString;
  }

  /** Starts the process, at the same port as before. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [RUN_TYPESCRIPT, join(__dirname, 'process-main.ts')], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    // When a test run is aborted, no server is left behind, not even a paused one.
    const endWithTests = (): boolean => child.kill('SIGKILL');
    process.once('exit', endWithTests);
    child.on('message', (message) => this.take(message as Answer));
    child.once('exit', () => {
      process.off('exit', endWithTests);
      this.child = undefined;
      for (const id of [...this.waiting.keys()]) this.take({ id, error: 'The process of the server has ended.' });
    });
    this.child = child;
    const port = this.address?.port ?? this.options.port ?? 0;
    this.address = await this.ask('start', { ...this.options, port });
  }

  /** Calls a method of the server in the process. */
  async ask<Method extends keyof Controls>(
    method: Method,
    ...args: Parameters<Controls[Method]>
  ): Promise<Result<Method>> {
    const id = ++this.requests;
    const answered = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    this.running.send({ id, method, args } satisfies Request);
    const answer = await answered;
    if ('error' in answer) throw new Error(`${method}: ${answer.error}`);
    return answer.result as Result<Method>;
  }

  /** Orders a fault; the returned function lifts it. */
  async fault(call: CallKind, fault: Fault, options?: { readonly times?: number }): Promise<() => Promise<void>> {
    const order = await this.ask('fault', call, fault, options);
    return () => this.ask('lift', order);
  }

  /** Suspends the process: its connections stay open, but nothing is answered. */
  pause(): void {
    this.running.kill('SIGSTOP');
  }

  /** Resumes a paused process. */
  resume(): void {
    this.running.kill('SIGCONT');
  }

  /** Kills the process, as a power cut would, and waits for its end. */
  async kill(): Promise<void> {
    if (this.child === undefined) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private take(answer: Answer): void {
    this.waiting.get(answer.id)?.(answer);
    this.waiting.delete(answer.id);
  }

  private get running(): ChildProcess {
    if (this.child === undefined) throw new Error('The process of the server does not run: start() it.');
    return this.child;
  }

  private get started(): Result<'start'> {
    if (this.address === undefined) throw new Error('The process of the server was never started: start() it.');
    return this.address;
  }
}
