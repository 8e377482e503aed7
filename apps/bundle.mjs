import { build } from 'rolldown';

/** Compiled for this machine, so they stay packages that are loaded from node_modules. */
const NATIVE = ['argon2', 'better-sqlite3'];

/** What packages load only for those who have it installed; nobody here has. */
const NOT_HERE = [
  /^@fastify\/(multipart|view)$/,
  /^@nestjs\/(microservices|platform-express|websockets)(\/|$)/,
  'pg-native',
];

/**
 * V8 keeps a text with two bytes a character as soon as one of its characters needs them, so such a character is written as
 * an escape, which means the same in a text, a template or a pattern. It would not where a backslash stands before it; nor
 * to those who look at the source of a pattern or at a raw template, as nobody does with one that holds such characters.
 */
const narrow = {
  name: 'narrow',
  renderChunk(code, { fileName }) {
    const [escaped] = /\\[^\0-\xff]/.exec(code) ?? [];
    if (escaped !== undefined) throw new Error(`${fileName} has a character behind a backslash: ${escaped}`);
    return code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  },
};

// Makes few files of what was compiled, with the packages in them: to find, read and wrap 1,400 modules one by one was most
// of the time of a start. What is loaded only when it is needed stays so, as a part of its own.
await build({
  input: {
    api: 'dist/apps/api/src/main.js',
    cli: 'dist/apps/cli/src/main.js',
    // A thread of its own, which is looked for beside who starts it: among the parts, since both programs have that one.
    'parts/log-writer.thread': 'dist/libs/event-store/src/sqlite/log-writer.thread.js',
  },
  platform: 'node',
  logLevel: 'warn',
  // A call that is there for what it throws, such as decodeURIComponent, would be taken for one without effect.
  treeshake: false,
  external: [...NATIVE, ...NOT_HERE],
  plugins: [narrow],
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
