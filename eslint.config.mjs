import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'data/**', 'coverage/**', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // Nest's modules are classes that hold nothing but their decorators.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // The ports are asynchronous because a network may lie behind them; an embedded adapter need not wait.
      '@typescript-eslint/require-await': 'off',
      // Ports are abstract classes so that they can be asked for by name; plain objects implement them all the same.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Only plain attributes are ever spread; texts are spread where code points are to be counted.
      '@typescript-eslint/no-misused-spread': 'off',
      // What was caught is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // Tests look into JSON answers of every shape; what they find there is what they assert.
    files: ['test/**', '**/testing/**', '**/*.spec.ts', '**/*.int-spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: ['apps/dashboard/**'],
    ...reactHooks.configs.flat['recommended-latest'],
  },
  {
    files: ['apps/dashboard/**'],
    rules: {
      // What is thrown there is what a router or a query takes: an error, or an answer.
      '@typescript-eslint/only-throw-error': 'off',
      // Handlers of events may take their time; what they reject with is shown by the query that they ran.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ['libs/connection/src/domain/**', 'libs/connection/src/read-model/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'Below the command there is no clock: a replay must give the same.' },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Below the command there is no chance: a replay must give the same.',
        },
      ],
    },
  },
);
