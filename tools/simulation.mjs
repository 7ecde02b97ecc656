#!/usr/bin/env node
// `npm run test:simulation`: many simulated worlds (tests/simulation), each with the faults that its seed chooses.
//
//   npm run test:simulation -- [--seeds N] [--first SEED] [--steps N]
//     --seeds   worlds (default 20000)
//     --first   seed of the first one (default 1): to see a failing one again, with --seeds 1
//     --steps   steps with faults, of each (default 200)
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    first: { type: 'string', default: '1' },
    steps: { type: 'string', default: '200' },
  },
});
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, '--selectProjects', 'simulation'], {
  cwd: root,
  env: {
    ...process.env,
    MEDSERVE_SIMULATION_SEEDS: values.seeds,
    MEDSERVE_SIMULATION_FIRST: values.first,
    MEDSERVE_SIMULATION_STEPS: values.steps,
  },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
