import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE =
  'Tries the service on an EventStoreDB or KurrentDB server: npm run test:eventstore -- --url "esdb://user:password@host:2113?tls=true&tlsCAFile=…"';

/** What is run, in this order: the port first, then all that stands on it. */
const SUITES = [
  {
    what: 'the contract of the event store, in streams contract-…',
    args: [
      '--selectProjects',
      'embedded',
      '--testPathPatterns',
      'eventstoredb-event-store.int-spec',
      '-t',
      'at a real',
    ],
  },
  {
    what: 'the whole service over HTTP and its command line, with PostgreSQL beside it, in streams connection-…',
    // One after the other, since some look at everything that is in the log.
    args: ['--selectProjects', 'on servers', '--runInBand'],
  },
] as const;

function main(url: string): number {
  // Without user, password and options.
  const server = url.replace(/\?.*/s, '').replace(/^(\w[\w+]*:\/\/).*@/s, '$1');
  const results = SUITES.map(({ what, args }) => {
    process.stdout.write(`\n== ${server}: ${what}\n`);
    return { what, isPassed: jest(args, url) };
  });
  process.stdout.write(`\n${server} was tried with:\n`);
  for (const { what, isPassed } of results) process.stdout.write(`  ${isPassed ? 'passed' : 'FAILED'}  ${what}\n`);
  process.stdout.write('The streams stay, since the store has no way to remove them without a trace.\n');
  return results.every(({ isPassed }) => isPassed) ? 0 : 1;
}

function jest(args: readonly string[], url: string): boolean {
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const program = join(import.meta.dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js');
  // A server of somebody's own may be slow, and what a failed test left open must not keep the verdict back.
  const config = ['--config', join(import.meta.dirname, 'jest.config.cjs'), '--testTimeout', '120000', '--forceExit'];
  const env = { ...process.env, EVENTSTORE_TEST_URL: url };
  return spawnSync(process.execPath, [...node, program, ...config, ...args], { env, stdio: 'inherit' }).status === 0;
}

const { values } = parseArgs({ options: { url: { type: 'string' } }, strict: false });
if (typeof values.url === 'string' && /^esdb(\+discover)?:\/\//.test(values.url)) process.exitCode = main(values.url);
else {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
}
