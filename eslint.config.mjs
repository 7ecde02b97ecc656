import { defineConfig, globalIgnores } from 'eslint/config';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Rules of all our TypeScript. */
const RULES = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  // Nest modules are classes with decorators and nothing inside.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowStaticOnly: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreVoidOperator: true }],
  'no-restricted-syntax': [
    'error',
    {
      selector: "MemberExpression[object.name='jest'][property.name='mock']",
      message: 'A module mock says that a port is missing.',
    },
  ],
  // Nest's injection tokens are abstract classes that objects implement; TypeScript checks the shape.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  eqeqeq: 'error',
  'no-console': 'error',
};

/** TypeScript of one tsconfig. */
const typed = (files, tsconfig) => ({
  files,
  extends: [tseslint.configs.strictTypeChecked],
  languageOptions: { parserOptions: { project: [tsconfig], tsconfigRootDir: import.meta.dirname } },
  rules: RULES,
});

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/node_modules/',
    'libs/contracts/src/generated/',
    // Says that modules have no types.
    'tests/browser/modules.d.ts',
    'coverage/',
    '.medserve/',
    '.cache/',
  ]),
  {
    ...typed(
      ['libs/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'tests/**/*.ts', 'bench/**/*.ts', 'deploy/*/src/**/*.ts'],
      './tsconfig.json',
    ),
    ignores: ['apps/console/**', 'tests/browser/**'],
  },
  {
    ...typed(['apps/console/src/**/*.{ts,tsx}'], './apps/console/tsconfig.json'),
    plugins: { 'react-hooks': hooks },
  },
  {
    files: ['apps/console/src/**/*.{ts,tsx}'],
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'What comes from an image, a card or a model is text.',
        },
      ],
    },
  },
  {
    // Specs run in Node; the page does not, though the compiler knows its globals here, too.
    files: ['apps/console/src/**/*.{ts,tsx}'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-globals': ['error', 'Buffer', 'process', 'setImmediate'],
      'no-restricted-imports': ['error', { patterns: ['node:*'] }],
    },
  },
  typed(['tests/browser/**/*.ts'], './tests/browser/tsconfig.json'),
  {
    // Specs of plain .mjs tools: they import what has no types.
    files: ['tools/**/*.ts'],
    extends: [tseslint.configs.recommended],
  },
  {
    // Nest reads the types of constructor parameters at run time: an import that looks like a type is a value there.
    files: ['apps/gateway/src/**/*.controller.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // Decisions get state and time as arguments, so that they can be tested and replayed.
    files: ['libs/serving/src/**/*.ts', 'libs/clinical/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is an argument here.' },
        { object: 'Math', property: 'random', message: 'Chance is an argument here.' },
        { object: 'performance', property: 'now', message: 'Time is an argument here.' },
        { object: 'process', property: 'env', message: 'Settings are arguments here.' },
      ],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'fetch'],
    },
  },
  {
    files: ['**/*.spec.ts', 'tests/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' },
  },
);
