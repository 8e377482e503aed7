import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { COMMAND_LINE } from '../support/built';
import { temporaryFolder } from '../support/temporary-folder';
import { command } from './dockerfile';
import { read, root } from './repository';

/** The packages that are not in the build: compiled for each machine, or files that are served. */
const PACKAGES = ['argon2', 'better-sqlite3', 'swagger-ui-dist'];

/** What the image has of the build, without an image: no container engine is needed here. */
describe('the content of the image', () => {
  const folder = temporaryFolder();
  const [, ...args] = command;
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(folder.path, 'data') };
  beforeAll(() => {
    for (const part of ['dist/bin', 'dist/apps/dashboard']) {
      cpSync(join(root, part), join(folder.path, part), { recursive: true });
    }
    mkdirSync(join(folder.path, 'node_modules'));
    for (const name of PACKAGES) {
      symlinkSync(join(root, 'node_modules', name), join(folder.path, 'node_modules', name));
    }
  });
  afterAll(() => folder.remove());

  it('starts as its command says, without any package but those that are not in the build', async () => {
    const service = spawn(process.execPath, [...args, '--demo', '--json'], {
      cwd: folder.path,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: service.stdout }).once('line', resolve);
      service.once('exit', (code) => reject(new Error(`The service ended with exit code ${code} at its start.`)));
    });
    const { url, source } = JSON.parse(line) as { url: string; source: { key: string } };
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    const list = await fetch(`${url}/api/v1/connect/connections`, {
      headers: { authorization: `Bearer ${source.key}` },
    });
    service.kill('SIGTERM');
    const [exitCode] = (await once(service, 'exit')) as [number | null];
    expect([page.status, list.status, exitCode]).toEqual([200, 200, 0]);
  });

  it('has the command line, which works upon its data', () => {
    const entry = COMMAND_LINE.slice(root.length + 1);
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'organization', 'list'], {
      cwd: folder.path,
      env,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.stringContaining('org_') });
  });

  it('holds no character for which V8 would take two bytes for each of its file', () => {
    const wide = globSync('dist/bin/**/*.js', { cwd: root }).filter((file) => /[^\0-\xff]/.test(read(file)));
    expect(wide).toEqual([]);
  });

  it('gets those packages by its own installation', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: boolean }> };
    expect(PACKAGES.map((name) => packages[`node_modules/${name}`]?.dev)).toEqual(PACKAGES.map(() => undefined));
  });

  it('has no test in it', () => {
    const built = globSync('dist/{apps,libs}/**/*.js', { cwd: root });
    expect(built.filter((file) => /\.(int-|e2e-)?spec\.js$|\/testing\//.test(file))).toEqual([]);
  });
});
