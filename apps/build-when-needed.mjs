// Runs the build of an app, building it first when a source file is newer than the build.
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = () =>
  globSync(
    [
      '{apps,libs}/*/src/**/*.{ts,tsx,css}',
      'apps/dashboard/{index.html,vite.config.mts,tsconfig.json,public/*}',
      'apps/bundle.mjs',
      'package-lock.json',
      'tsconfig*.json',
      'nest-cli.json',
    ],
    { cwd: root },
  );

/** What `npm run build` runs: the processes, each in few files, then the dashboard. */
const BUILDS = [
  ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'api'],
  ['apps/bundle.mjs'],
  ['node_modules/vite/bin/vite.js', 'build', '--config', 'apps/dashboard/vite.config.mts'],
];

/** @param app the app's folder, such as `api`. One build makes them all. */
export async function runBuilt(app) {
  const built = join(root, 'dist', 'bin', `${app}.js`);
  const oldest = Math.min(changedAt(built), changedAt(join(root, 'dist', 'apps', 'dashboard', 'index.html')));
  if (sources().some((source) => changedAt(join(root, source)) > oldest)) {
    process.stderr.write('Building…\n');
    for (const [tool, ...args] of BUILDS) {
      // What the build says goes to standard error: standard output belongs to the app.
      const { status } = spawnSync(process.execPath, [tool, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
      if (status !== 0) process.exit(status ?? 1);
    }
  }
  await import(pathToFileURL(built).href);
}
