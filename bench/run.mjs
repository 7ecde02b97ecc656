#!/usr/bin/env node
// `npm run bench`: what the platform adds to a bare `session.run`, measured in the same run. See bench/README.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBaseline } from './lib/baseline.mjs';
import { CASES, TARGET_ADDED_MS, writePackages } from './lib/cases.mjs';
import { openLoad } from './lib/load.mjs';
import { measureRound } from './lib/measure.mjs';
import { startPlatform } from './lib/platform.mjs';
import { report } from './lib/report.mjs';
import { median, quantile } from './lib/statistics.mjs';

const USAGE = `npm run bench -- [options]
  --quick        fewer and shorter rounds: about 40 s instead of about 2 minutes
  --rounds N     rounds instead of 7 (3 when quick)
  --shape SHAPE  split (default) or single
  --json FILE    also write every round's figures to FILE
  --profile DIR  have every process write a V8 CPU profile into DIR; the figures are then worse than without`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    shape: { type: 'string', default: 'split' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

const WARM_UP = { count: values.quick ? 800 : 2000, forMs: values.quick ? 2_000 : 8_000 };
const ROUNDS = Number(values.rounds ?? (values.quick ? 3 : 7));
const LENGTHS = {
  baselineMs: 200,
  aloneMs: values.quick ? 900 : 2_000,
  togetherMs: values.quick ? 700 : 1_500,
  inFlight: 8,
};

const folder = mkdtempSync(join(tmpdir(), 'medserve-bench-'));
const repository = join(folder, 'models');
const cleanUp = [];
try {
  await writePackages(repository);
  const nodeOptions = values.profile === undefined ? undefined : `--cpu-prof --cpu-prof-dir=${values.profile}`;
  console.log(
    `medserve bench: shape ${values.shape}, ${ROUNDS} rounds, ${cpus().length} cores, Node ${process.versions.node}`,
  );
  const platform = await startPlatform({ folder, repository, shape: values.shape, nodeOptions });
  cleanUp.unshift(() => platform.stop());
  const baseline = await startBaseline(repository);
  cleanUp.unshift(() => baseline.close());
  const load = openLoad(platform);
  cleanUp.unshift(() => load.close());

  const results = CASES.map((entry, index) => ({
    name: entry.name,
    label: entry.label,
    targetMs: values.shape === 'split' ? TARGET_ADDED_MS[index] : undefined,
    entry,
    message: load.encode(entry),
    rounds: [],
  }));
  for (const { entry, message } of results) {
    await load.run(message, { ...WARM_UP, inFlight: LENGTHS.inFlight });
    await baseline.measure(entry.name, LENGTHS.baselineMs);
  }
  // Round by round over all cases, so that a noisy minute falls on all of them alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { entry, message, rounds } of results) {
      rounds.push(await measureRound({ entry, message, baseline, load, platform, lengths: LENGTHS }));
    }
  }
  console.log(`\n${report({ results, inFlight: LENGTHS.inFlight })}`);
  console.log('\nadded = call - accept - complete - session.run; accept and complete are the two durable commits.');
  if (values.json !== undefined) {
    const figures = results.map(({ name, label, targetMs, rounds }) => ({
      name,
      label,
      targetMs,
      rounds: rounds.map(({ added, totals, ...round }) => ({
        requests: added.length,
        addedP50Ms: median(added),
        addedP99Ms: quantile(added, 0.99),
        totalP50Ms: median(totals),
        totalP99Ms: quantile(totals, 0.99),
        ...round,
      })),
    }));
    writeFileSync(
      values.json,
      `${JSON.stringify({ shape: values.shape, lengths: LENGTHS, cases: figures }, null, 2)}\n`,
    );
  }
} finally {
  for (const step of cleanUp) await step();
  rmSync(folder, { recursive: true, force: true });
}
