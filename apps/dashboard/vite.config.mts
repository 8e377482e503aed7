import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Stands in the built page wherever each answer has a value of its own; see apps/api/src/dashboard. */
const NONCE_PLACEHOLDER = '{{nonce}}';

export default defineConfig({
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
