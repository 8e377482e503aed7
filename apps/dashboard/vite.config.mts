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
  enforce: 'post',
  async generateBundle(_, bundle) {
    for (const [fileName, file] of Object.entries(bundle)) {
      const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
      if (!/\.(js|css|svg)$/.test(fileName) || source.length < WORTH_COMPRESSING) continue;
      const [br, gz] = await Promise.all([promisify(brotliCompress)(source), promisify(gzip)(source, { level: 9 })]);
      this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: br });
      this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gz });
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
    // Says of each file of a library that it is for the client, which everything here is.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
