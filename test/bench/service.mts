import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { HttpConnection } from './http-connection.mts';
import { main } from './built.mts';
import { type Memory, memoryOf } from './processes.mts';

/** The built service as a process of its own. */
export interface Service {
  readonly port: number;
  /** Milliseconds from its spawn to its first 200 on /readyz. */
  readonly startTime: number;
  readonly pid: number;
  readonly memory: () => Memory;
  /** Until every projection follows the log; what was seeded is nowhere but in the log. */
  readonly caughtUp: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Readiness {
  readonly projections: readonly { readonly state: string }[];
}

/** Far above what a round can ask for, so that the limiter counts but never refuses. */
const RATE_LIMIT = '1000000000';

/** Those that run; none outlives the benchmark, however it ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @param log the file that its log is written to, as much of it as by default; only warnings, and to be seen, without. */
export async function startService(dataDir: string, log?: string): Promise<Service> {
  const port = await freePort();
  const file = log === undefined ? null : openSync(log, 'a');
  const started = performance.now();
  const child = spawn(process.execPath, ['--max-semi-space-size=8', main], {
    env: {
      ...process.env,
      MALLOC_ARENA_MAX: '2',
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: file === null ? 'warn' : 'info',
      RATE_LIMIT_PER_MINUTE: RATE_LIMIT,
    },
    stdio: ['ignore', 'inherit', file ?? 'inherit'],
  });
  if (file !== null) closeSync(file);
  running.add(child);
  child.once('exit', () => running.delete(child));
  const startTime = (await ready(child, port)) - started;
  return {
    port,
    startTime,
    pid: child.pid as number,
    memory: () => memoryOf(child.pid as number),
    caughtUp: async () => {
      for (;;) {
        const { projections } = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as Readiness;
        if (projections.every(({ state }) => state === 'running')) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** The service is asked again and again from its spawn on; refused connections cost it nothing. */
async function ready(child: ChildProcess, port: number): Promise<number> {
  const request = 'GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The service ended with exit code ${child.exitCode} at its start.`);
    const status = await new Promise<number>((resolve) => {
      const connection = new HttpConnection(port);
      const settle = (answer: number): void => {
        connection.close();
        resolve(answer);
      };
      connection.send(
        request,
        (answer) => settle(answer.status),
        () => settle(0),
      );
    });
    if (status === 200) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
