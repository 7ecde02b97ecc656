#!/usr/bin/env node
// Projects of jest.config.js by name, in one run. A file that fails runs once more, alone, and both are printed
// (jest-again.mjs); with options of Jest or paths, only what was asked for, once.
//
//   node tools/test.mjs PROJECT [PROJECT ...] [JEST OPTIONS]
//
// Ends with the line `N passed, N failed, N skipped`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once, runAndAskAgain } from './jest-again.mjs';
import { startJest } from './jest-process.mjs';

/** Files at a time, where the processes that a file starts keep more than its own core busy. */
const WORKERS = { acceptance: 2, faults: 2, browser: 1, fuzz: 2 };

/** A fuzz failure is a finding: its seed is printed, and nobody is asked again. */
const NEVER_AGAIN = ['fuzz'];

const words = process.argv.slice(2);
const asked = words.findIndex((word) => /[-/.]/.test(word));
const projects = asked < 0 ? words : words.slice(0, asked);
const options = asked < 0 ? [] : words.slice(asked);
const isAskedAgain = options.length === 0 && !projects.some((project) => NEVER_AGAIN.includes(project));
const workers = Math.min(...projects.map((project) => WORKERS[project] ?? Infinity));

const folder = mkdtempSync(join(tmpdir(), 'medserve-test-results-'));
let running;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isInterrupted = true;
    void running?.end();
  });
}

async function jest(files) {
  const atOnce = files.length > 0 ? 1 : workers;
  running = startJest(
    [
      ...['--selectProjects', ...projects],
      ...(Number.isFinite(atOnce) ? [`--maxWorkers=${atOnce}`] : []),
      ...(files.length > 0 ? ['--runTestsByPath', ...files] : options),
    ],
    {
      written: join(folder, `${files.length}.json`),
      env: { ...process.env, ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}) },
    },
  );
  const outcome = await running.outcome;
  // Nobody is asked again who was told to stop.
  if (isInterrupted) throw new Error('interrupted');
  return outcome;
}

try {
  const { isGreen, passed, failed, skipped } = await (isAskedAgain ? runAndAskAgain : once)(jest, console.log);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = Number(!isGreen);
} catch (error) {
  if (!isInterrupted) throw error;
  process.exitCode = 130;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
