#!/usr/bin/env node
// `npm run check`: what has to hold before anything lands. Two lanes at once, as a core each is what there is. What a
// step says is shown as a whole once it has ended; after one that failed no other begins.
import { spawn } from 'node:child_process';
import { LANES, runLanes } from './lanes.mjs';

function npmRun(step) {
  return new Promise((resolve) => {
    const beganAt = performance.now();
    const output = [];
    const child = spawn('npm', ['run', '--silent', step], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.once('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      resolve(false);
    });
    child.once('close', (status) => {
      const seconds = ((performance.now() - beganAt) / 1_000).toFixed(0);
      process.stdout.write(Buffer.concat(output));
      console.log(`${status === 0 ? 'holds' : 'FAILS'}  ${step} (${seconds} s)`);
      resolve(status === 0);
    });
  });
}

const failed = await runLanes(LANES, npmRun);
for (const step of failed) console.error(`Does not hold: ${step}. Again, alone: npm run ${step}`);
process.exitCode = failed.length === 0 ? 0 : 1;
