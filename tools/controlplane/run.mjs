#!/usr/bin/env node
// `npm run test:k8s`: the tests of tests/k8s against a real Kubernetes API with the real KEDA, started here on loopback without containers
// (cluster.mjs) and ended whatever happens.
//
//   npm run test:k8s -- [--keep] [-- JEST OPTIONS]
//     --keep   leave logs and data for looking at
//
// Needs Go 1.26 at the first time; the programs stay in MEDSERVE_CACHE (default .cache/). Without Go the tests are skipped, and say so. A cluster
// that is up already (up.mjs) is used instead: MEDSERVE_TEST_KUBECONFIG and MEDSERVE_TEST_KUBECTL. MEDSERVE_TEST_CYCLES (1) and
// MEDSERVE_TEST_REQUESTS (200) set the length of the long test.
// Ends with the status of the tests and the line `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../real/cache.mjs';
import { MissingToolError } from '../real/missing-tool.mjs';
import { endGroup } from '../real/processes.mjs';
import { startCluster } from './cluster.mjs';
import { leashFolder } from './leash.mjs';
import { residentMib } from './memory.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false } },
});
const say = (text) => console.log(text);
const folder = mkdtempSync(join(tmpdir(), 'medserve-k8s-'));
if (!values.keep) leashFolder(folder);

let cluster;
let jest;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    say(`\n${signal}: ending the tests and the cluster ...`);
    isInterrupted = true;
    if (jest === undefined) process.exit(130);
    // The tests end first; what they started has no cluster to miss then.
    void endGroup(jest.pid);
  });
}

/** What the tests find the cluster by; empty where there is none, and then they are skipped. */
async function environmentOfTests() {
  if ((process.env['MEDSERVE_TEST_KUBECONFIG'] ?? '') !== '') return {};
  try {
    cluster = await startCluster({ folder, say });
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    say(`test:k8s SKIPPED: ${error.message}`);
    return {};
  }
  return {
    MEDSERVE_TEST_KUBECONFIG: cluster.kubeconfig,
    MEDSERVE_TEST_KUBECTL: join(cluster.programs, 'kubectl'),
  };
}

/** Runs Jest in a process group of its own, so that nothing its tests start is left. */
async function runJest(environment) {
  const results = join(folder, 'results.json');
  const jestFile = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--selectProjects', 'k8s', '--maxWorkers=2', '--forceExit', '--json', `--outputFile=${results}`];
  jest = spawn(process.execPath, [jestFile, ...options, ...positionals], {
    cwd: ROOT,
    env: { ...process.env, ...environment, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve) => jest.once('exit', (status) => resolve(status ?? 1)));
  await endGroup(jest.pid);
  return { code, counts: existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined };
}

let outcome = { code: 1, counts: undefined };
const beganAt = performance.now();
const seconds = () => ((performance.now() - beganAt) / 1000).toFixed(0);
try {
  const environment = await environmentOfTests();
  if (cluster !== undefined) say(`ready after ${seconds()} s; running the tests ...`);
  outcome = await runJest(environment);
} catch (error) {
  console.error(error);
} finally {
  if (cluster !== undefined) {
    const memory = Object.entries(residentMib(cluster.pids())).map(([name, mib]) => `${name} ${mib} MiB`);
    say(`resident: ${memory.join(', ')}`);
    await cluster.stop();
  }
  if (values.keep) say(`logs and data: ${folder}`);
}
const {
  numPassedTests: passed = 0,
  numFailedTests: failed = 0,
  numPendingTests: skipped = 0,
  numRuntimeErrorTestSuites: broken = 0,
} = outcome.counts ?? {};
// A run without results is a failure too.
const lost = outcome.counts === undefined ? 1 : 0;
say(`test:k8s took ${seconds()} s`);
say(`${passed} passed, ${failed + broken + lost} failed, ${skipped} skipped`);
process.exit(isInterrupted ? 130 : outcome.code);
