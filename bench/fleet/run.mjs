#!/usr/bin/env node
// A day of a fleet under several policies. See docs/fleet-simulator.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { startProgress } from '../lib/progress.mjs';
import { compare, prepareDay } from './compare.mjs';
import { HELP, UsageError, readOptions } from './options.mjs';
import { RecordingError, writeDay } from './recorded-day.mjs';
import { fleetPage } from './report/page.mjs';
import { comparisonText } from './report/text.mjs';

/** CPU seconds of one pool's day under one policy, roughly: for the progress line only. */
const SECONDS_A_POOL = 0.05;

async function main(options) {
  const progress = startProgress((1_000 * SECONDS_A_POOL * options.pools * options.policies.length) / options.threads);
  try {
    if (options.writeDay !== undefined) {
      mkdirSync(options.writeDay, { recursive: true });
      writeDay(options.writeDay, prepareDay(options, progress.say));
      return;
    }
    const compared = { at: new Date().toISOString(), ...(await compare(options, progress.say)) };
    progress.end();
    console.log(comparisonText(compared));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(compared, null, 2)}\n`);
    if (options.html !== undefined) writeFileSync(options.html, fleetPage(compared));
  } finally {
    progress.end();
  }
}

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `fleet: this is Node ${process.versions.node}, and it needs 24; "npm run bench -- --only fleet" has it.`,
  );
  process.exit(2);
}
try {
  const options = readOptions(process.argv.slice(2), availableParallelism());
  if (options.help) console.log(HELP);
  else await main(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof RecordingError) && error.code !== 'ENOENT') throw error;
  console.error(`fleet: ${error.message}${isUsage ? '\n"node bench/fleet/run.mjs --help" tells how it is used.' : ''}`);
  process.exitCode = 2;
}
