// Builds the package as it is published, for both kinds of modules, into dist/client or the folder that is named.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const target = process.argv[2] ?? join(root, 'dist', 'client');

const kinds = {
  cjs: { type: 'commonjs', options: ['--module', 'nodenext', '--moduleResolution', 'nodenext'] },
  esm: { type: 'module', options: ['--module', 'es2022', '--moduleResolution', 'bundler'] },
};

rmSync(target, { recursive: true, force: true });
for (const [kind, { type, options }] of Object.entries(kinds)) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '-p', join(here, 'tsconfig.build.json'), '--outDir', join(target, kind), ...options];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(join(target, kind), { recursive: true });
  writeFileSync(join(target, kind, 'package.json'), `${JSON.stringify({ type })}\n`);
}
for (const file of ['package.json', 'README.md']) cpSync(join(here, file), join(target, file));
