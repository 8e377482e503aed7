// Runs npm scripts beside one another: each argument is a row of them, such as `build,check:types`, which go one after
// another. What a script says is shown in one piece once it has ended. The first that fails ends its row, and the whole
// run fails when all rows have ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

async function passes(script) {
  const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const [exitCode] = await once(child, 'close');
  process.stdout.write(`${script}: ${exitCode === 0 ? 'passed' : 'failed'}\n`);
  process.stdout.write(Buffer.concat(said));
  return exitCode === 0;
}

async function allPass(scripts) {
  for (const script of scripts) if (!(await passes(script))) return false;
  return true;
}

const rows = process.argv.slice(2).map((row) => row.split(','));
const passed = await Promise.all(rows.map(allPass));
process.exitCode = passed.every(Boolean) ? 0 : 1;
