import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A script of this folder as a process of its own that is sent one message and answers one, any number of times. */
export class Child {
  readonly #process: ChildProcess;

  /** @param flags of Node.js */
  constructor(script: string, args: readonly string[] = [], flags: readonly string[] = []) {
    const execArgv = [...process.execArgv, ...flags];
    this.#process = fork(fileURLToPath(new URL(script, import.meta.url)), args, { stdio: 'inherit', execArgv });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** @throws what the other side could not do, and when it ends instead of answering. */
  ask<Answer>(question: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`A child process ended with ${code}.`));
      this.#process.once('exit', ended);
      this.#process.once('message', (answer: Answer | { problem: string }) => {
        this.#process.off('exit', ended);
        if (typeof answer === 'object' && answer !== null && 'problem' in answer) reject(new Error(answer.problem));
        else resolve(answer);
      });
      this.#process.send(question);
    });
  }

  stop(): void {
    this.#process.disconnect();
    this.#process.kill();
  }
}

/** Of Node.js: those of `npm run cli`, and what `keepHeapSmall` sets. */
export const CLI_FLAGS = [
  '--max-semi-space-size=16',
  '--heap-growing-percent=20',
  '--no-allocation-site-pretenuring',
  '--no-parallel-scavenge',
];

/**
 * What loads a server. It collects seldom, and by itself: a pause of its own would be taken for one of the server, and
 * threads that help it would be in the server's way.
 */
export const newLoad = (): Child => new Child('load.mts', [], ['--max-semi-space-size=64', '--single-threaded-gc']);
