import { build } from 'rolldown';

/** Compiled for this machine, so they stay packages that are loaded from node_modules. */
const NATIVE = ['argon2', 'better-sqlite3'];

/** What packages load only for those who have it installed; nobody here has. */
const NOT_HERE = [
  /^@fastify\/(multipart|view)$/,
  /^@nestjs\/(microservices|platform-express|websockets)(\/|$)/,
  'pg-native',
];

// Makes few files of what was compiled, with the packages in them: to find, read and wrap 1,400 modules one by one was most
// of the time of a start. What is loaded only when it is needed stays so, as a part of its own.
await build({
  input: { api: 'dist/apps/api/src/main.js', cli: 'dist/apps/cli/src/main.js' },
  platform: 'node',
  logLevel: 'warn',
  // A call that is there for what it throws, such as decodeURIComponent, would be taken for one without effect.
  treeshake: false,
  external: [...NATIVE, ...NOT_HERE],
  output: {
    dir: 'dist/bin',
    cleanDir: true,
    format: 'cjs',
    // Not even dead code: see above.
    minify: false,
    // Nest and the errors speak of classes by their names.
    keepNames: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
  },
});
