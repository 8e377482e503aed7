// Runs a TypeScript file of this repository in a process of its own, straight from the sources:
//   node libs/event-store/src/testing/run-typescript.cjs <file.ts> [arguments]
const { readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { join, resolve } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const swc = require('@swc/core');

const root = join(__dirname, '..', '..', '..', '..');
// The tests' own settings, so that both run the same code.
const [{ transform }] = require(join(root, 'test', 'jest.config.cjs')).projects;
const [, options] = transform['^.+\\.ts$'];

const source = (path) => ({ url: pathToFileURL(path).href, format: 'commonjs', shortCircuit: true });

registerHooks({
  resolve(specifier, context, next) {
    const lib = /^@connections\/([^/]+)\/(.+)$/.exec(specifier);
    if (lib) return source(join(root, 'libs', lib[1], 'src', `${lib[2]}.ts`));
    if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
      return source(resolve(fileURLToPath(context.parentURL), '..', `${specifier.replace(/\.js$/, '')}.ts`));
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = swc.transformSync(readFileSync(filename, 'utf8'), { filename, sourceMaps: 'inline', ...options });
    return { format: 'commonjs', source: code, shortCircuit: true };
  },
});

const [, , file, ...rest] = process.argv;
process.argv = [process.argv[0], resolve(file), ...rest];
require(process.argv[1]);
