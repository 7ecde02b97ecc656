#!/usr/bin/env node
// `npm run test:real`: the tests of tests/real and of the acceptance suite, against a real Apache Kafka 4.4 and a real PostgreSQL
// server, both started here on loopback (kafka.mjs, postgres.mjs) and ended whatever happens.
//
//   npm run test:real -- [--whole] [--embedded] [--keep] [-- JEST OPTIONS]
//     --whole      the acceptance files too that do not ask the servers for more than others do (SAME_EVERYWHERE)
//     --embedded   the platform's own PostgreSQL, run as a server, even where another is installed
//     --keep       leave the servers' logs and data for looking at
//
// Needs Java 17 and, at the first time, Maven; the jars stay in MEDSERVE_CACHE (default .cache/). Servers that are there
// already are used instead: MEDSERVE_TEST_KAFKA (host:port,...), MEDSERVE_TEST_DATABASE_URL (a user that may create databases).
// MEDSERVE_TEST_REQUESTS sets the length of the long test (1000). The tests of leader changes start brokers of their own.
// A file that fails runs once more, alone, and both are printed (../jest-again.mjs). Ends with the status of the tests and the line `N passed, N failed, N skipped`.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { once, runAndAskAgain } from '../jest-again.mjs';
import { startJest } from '../jest-process.mjs';
import { scratchInMemory } from '../test-scratch.cjs';
import { startKafka } from './kafka.mjs';
import { MissingToolError } from './missing-tool.mjs';
import { startPostgres } from './postgres.mjs';

const say = (text) => console.log(text);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    whole: { type: 'boolean', default: false },
    embedded: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

// What is kept to be looked at is kept on a disk.
const scratch = values.keep ? undefined : scratchInMemory();
if (scratch !== undefined) process.env.TMPDIR = scratch;
const folder = mkdtempSync(join(tmpdir(), 'medserve-real-'));
// PostgreSQL's account passes through it to its own folder.
chmodSync(folder, 0o711);
const running = [];
let jest;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!isInterrupted) say(`\n${signal}: ending the tests and the servers ...`);
    isInterrupted = true;
    // The tests end first; what they started has no servers to miss then.
    void jest?.end();
  });
}

const given = (name) => (process.env[name] === undefined || process.env[name] === '' ? undefined : process.env[name]);

async function kafkaBrokers() {
  const there = given('MEDSERVE_TEST_KAFKA');
  if (there !== undefined) return there;
  const kafka = await startKafka({ folder: join(folder, 'kafka'), say });
  running.push(kafka);
  return kafka.brokers;
}

async function databaseUrl() {
  const there = given('MEDSERVE_TEST_DATABASE_URL');
  if (there !== undefined) return there;
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), isEmbedded: values.embedded, say });
  running.push(postgres);
  return postgres.url;
}

/** Two at once: each file has a platform, a database and topics of its own, kills only brokers of its own, and waits for half of its time. */
const OPTIONS = ['--selectProjects', 'real', 'acceptance', '--passWithNoTests', '--forceExit'];

/**
 * Acceptance files about what a caller sends and reads. `npm test` runs them; of records and events they use what the other files prove
 * here already, or nothing.
 */
const SAME_EVERYWHERE = [
  'catalog',
  'console',
  'inspect',
  'open-inference',
  'openai',
  'pools',
  'recipes',
  'reference-packages-[^/]*',
  'tls',
  'typed-answers',
];
if (!values.whole) {
  OPTIONS.push('--testPathIgnorePatterns', `/tests/acceptance/(${SAME_EVERYWHERE.join('|')})\\.spec\\.ts$`);
  say(`left out of tests/acceptance, where servers matter least (--whole runs them): ${SAME_EVERYWHERE.join(', ')}`);
}

/** Runs Jest on these files, or on all. */
async function runJest(files, environment) {
  const written = join(folder, `results-${files.length}.json`);
  const which =
    files.length > 0 ? ['--maxWorkers=1', '--runTestsByPath', ...files] : ['--maxWorkers=2', ...positionals];
  jest = startJest([...OPTIONS, ...which], {
    written,
    env: { ...process.env, ...environment, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  const outcome = await jest.outcome;
  stopIfAsked();
  return outcome;
}

const stopIfAsked = () => {
  if (isInterrupted) throw new Error('interrupted');
};

let outcome;
const beganAt = performance.now();
const seconds = () => ((performance.now() - beganAt) / 1000).toFixed(0);
try {
  // Both are waited for, also when one fails: what did start has to be ended.
  const started = await Promise.allSettled([kafkaBrokers(), databaseUrl()]);
  for (const { reason } of started) if (reason !== undefined) throw reason;
  const [kafka, database] = started.map(({ value }) => value);
  stopIfAsked();
  say(`ready after ${seconds()} s; running the tests ...`);
  const servers = { MEDSERVE_TEST_KAFKA: kafka, MEDSERVE_TEST_DATABASE_URL: database };
  outcome = await (positionals.length > 0 ? once : runAndAskAgain)((files) => runJest(files, servers), say);
} catch (error) {
  console.error(error instanceof MissingToolError || isInterrupted ? `test:real: ${error.message}` : error);
} finally {
  await Promise.allSettled(running.map((server) => server.stop()));
  if (values.keep) say(`logs and data: ${folder}`);
  else rmSync(scratch ?? folder, { recursive: true, force: true, maxRetries: 10 });
}
const { isGreen, passed, failed, skipped } = outcome ?? { isGreen: false, passed: 0, failed: 1, skipped: 0 };
say(`test:real took ${seconds()} s`);
say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = isInterrupted ? 130 : Number(!isGreen);
