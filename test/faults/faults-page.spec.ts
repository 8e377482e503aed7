import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

describe('docs/faults.md', () => {
  const page = readFileSync(join(root, 'docs', 'faults.md'), 'utf8');
  const commands = [...page.matchAll(/`npm run -s jest -- ([\w/-]+)(?: -t "([^"]+)")?`/g)];
  const tests = globSync('{libs,test}/**/*-spec.ts', { cwd: root });

  it.each(commands.map(([command, path, name]) => [command, path!, name ?? '']))('%s finds a test', (_, path, name) => {
    const found = tests.filter((test) => test.includes(path));
    expect(found).not.toEqual([]);
    expect(found.map((test) => readFileSync(join(root, test), 'utf8')).join('\n')).toContain(name);
  });

  it('has a command for every file of tests of the folder', () => {
    const files = tests.filter((test) => test.startsWith('test/faults/'));
    const named = commands.map(([, path]) => path!);
    expect(files.filter((file) => !named.some((path) => file.includes(path)))).toEqual([]);
    expect(files.length).toBeGreaterThan(5);
  });
});
