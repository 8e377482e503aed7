const { availableParallelism } = require('node:os');
const { join } = require('node:path');

const rootDir = join(__dirname, '..');

/** What every run of the tests has in common. */
const shared = {
  rootDir,
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^@connections/client$': '<rootDir>/libs/client/src/index.ts',
    '^@connections/(audit|client|connection|database|directory|event-store|host|notifications)/(.*)$':
      '<rootDir>/libs/$1/src/$2',
    // What is loaded only when it is needed is named as the build names it.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Services, browsers and databases share what cores there are with whatever else the machine does.
  testTimeout: 300_000,
};

/**
 * What holds of files alone, of starts, of pages and of requests that no store hears of, on which the stores have no
 * influence; or what has its own servers.
 */
const OF_FILES = [
  'abuse',
  'backup',
  'bad-(bodies|framing|headers|urls)',
  'bad-start(-servers)?',
  'cli-doctor(-servers)?',
  'cli-http',
  'client-package',
  'conventions',
  'docs',
  'long-exports',
  'moved-files',
  'openapi',
  'people-sign-in',
  'rate-limit',
  'restored-log',
  'start',
];

module.exports = {
  rootDir,
  testTimeout: shared.testTimeout,
  // A file mostly waits for processes that it started, so that two files share even two processors well.
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  reporters: ['default', 'summary', '<rootDir>/test/support/closing-line-reporter.cjs'],
  projects: [
    {
      ...shared,
      displayName: 'embedded',
      testMatch: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts'],
    },
    {
      ...shared,
      displayName: 'on servers',
      testMatch: ['<rootDir>/test/e2e/*.e2e-spec.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, `/test/e2e/(${OF_FILES.join('|')})\\.e2e-spec`],
      globalSetup: '<rootDir>/test/support/shared-postgres.ts',
      globalTeardown: '<rootDir>/test/support/shared-postgres-end.ts',
      setupFilesAfterEnv: ['<rootDir>/test/support/on-servers.ts'],
    },
  ],
};
