import { type Answer, createControls, type Request } from './controls';

// The server in its own process: requests and answers are messages between the processes.

const controls = createControls();

async function answer({ id, method, args }: Request): Promise<Answer> {
  try {
    const work = controls[method] as (...args: readonly unknown[]) => unknown;
    return { id, result: await work(...args) };
  } catch (error) {
    return { id, error: String(error) };
  }
}

process.on('message', (request) => void answer(request as Request).then((message) => process.send?.(message)));
process.on('disconnect', () => process.exit());
