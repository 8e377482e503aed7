import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Stands in the built page wherever each answer has a value of its own; see apps/api/src/dashboard. */
const NONCE_PLACEHOLDER = '{{nonce}}';

/** Bytes: what is smaller fits into one packet anyway. */
const WORTH_COMPRESSING = 1_400;

/** Compresses each file once, here, rather than for everybody who asks for it. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  // Not before: until a file is written, the build goes on changing it.
  async writeBundle({ dir = '' }, bundle) {
    for (const fileName of Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name))) {
      const path = join(dir, fileName);
      const source = await readFile(path);
      if (source.length < WORTH_COMPRESSING) continue;
      await writeFile(`${path}.br`, await promisify(brotliCompress)(source));
      await writeFile(`${path}.gz`, await promisify(gzip)(source, { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [compressed],
  root: at('.'),
  logLevel: 'warn',
  resolve: {
    alias: {
      '@connections/connection/domain': at('../../libs/connection/src/domain'),
      '@connections/directory/roles': at('../../libs/directory/src/roles.ts'),
    },
  },
  html: { cspNonce: NONCE_PLACEHOLDER },
  build: {
    outDir: at('../../dist/apps/dashboard'),
    emptyOutDir: true,
    // A small file inlined as a data: URL would be refused by the page's own policy.
    assetsInlineLimit: 0,
    target: 'es2022',
    reportCompressedSize: false,
    rolldownOptions: {
      // Says of each file of a library that it is for the client, which everything here is.
      checks: { moduleLevelDirective: false },
      // What nearly every page needs is compressed together, which is less than in a dozen small files.
      output: { codeSplitting: { groups: [{ name: 'words', test: /dashboard.src.(words|api)/, minShareCount: 3 }] } },
    },
  },
});
