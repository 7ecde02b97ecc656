#!/usr/bin/env node
// Projects of jest.config.cjs by name, in one run. A file that fails runs once more, alone, and both are printed
// (jest-again.mjs); with options of Jest or paths, only what was asked for, once.
//
//   node tools/test.mjs PROJECT [PROJECT ...] [JEST OPTIONS]
//
// Ends with the line `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './install.mjs';
import { once, runAndAskAgain } from './jest-again.mjs';

/** Files at a time, where the processes that a file starts keep more than its own core busy. */
const WORKERS = { acceptance: 2, faults: 2, browser: 1 };

const words = process.argv.slice(2);
const asked = words.findIndex((word) => /[-/.]/.test(word));
const projects = asked < 0 ? words : words.slice(0, asked);
const options = asked < 0 ? [] : words.slice(asked);
const workers = Math.min(...projects.map((project) => WORKERS[project] ?? Infinity));

const folder = mkdtempSync(join(tmpdir(), 'medserve-test-results-'));
// Jest ends what it runs when it is interrupted, and is waited for.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

async function jest(files) {
  const written = join(folder, `${files.length}.json`);
  const atOnce = files.length > 0 ? 1 : workers;
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--selectProjects', ...projects, '--json', `--outputFile=${written}`],
      ...(Number.isFinite(atOnce) ? [`--maxWorkers=${atOnce}`] : []),
      ...(files.length > 0 ? ['--runTestsByPath', ...files] : options),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}) } },
  );
  const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  return { code, results: existsSync(written) ? JSON.parse(readFileSync(written, 'utf8')) : undefined };
}

try {
  const { isGreen, passed, failed, skipped } = await (options.length > 0 ? once : runAndAskAgain)(jest, console.log);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = Number(!isGreen);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
