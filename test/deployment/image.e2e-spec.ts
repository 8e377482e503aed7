import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { command } from './dockerfile';
import { manifest, root } from './repository';

/** What the image has of the build and of the packages, without an image: no container engine is needed here. */
describe('the content of the image', () => {
  const built = globSync('dist/{apps,libs}/**/*.js', { cwd: root });

  it('has the two entry points', () => {
    const entries = [command.at(-1) ?? '', 'dist/apps/cli/src/main.js'];
    expect(entries.filter((entry) => !existsSync(join(root, entry)))).toEqual([]);
  });

  it('starts as its command says', () => {
    const [, ...args] = command;
    const { status, stdout } = spawnSync(process.execPath, [...args, '--help'], { cwd: root, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Runs the Connections service.') });
  });

  it('needs no package that is only there to build and to test', () => {
    const packages = new Set(built.flatMap((file) => packagesOf(readFileSync(join(root, file), 'utf8'))));
    expect(packages).toContain('@nestjs/core');
    expect([...packages].filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  it('has no test in it', () => {
    expect(built.filter((file) => /\.(int-|e2e-)?spec\.js$|\/testing\//.test(file))).toEqual([]);
  });
});

/** The packages that a built module asks for by name. */
function packagesOf(text: string): string[] {
  const asked = [...text.matchAll(/\b(?:require|import)\((["'])([^"']+)\1\)/g)].map(([, , name = '']) => name);
  const packages = asked.filter((name) => !name.startsWith('.') && !isBuiltin(name));
  return packages.map((name) => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/')); // prettier-ignore
}
