#!/usr/bin/env node
// `npm run bench`: what the platform costs beside the bare thing, in one run. See bench/README.md.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineFacts } from './lib/machine.mjs';
import { measureScenario } from './lib/measure-scenario.mjs';
import { HELP, readOptions } from './lib/options.mjs';
import { startProgress } from './lib/progress.mjs';
import { htmlPage } from './lib/report/page.mjs';
import { countVerdicts, scenarioText, table } from './lib/report/text.mjs';
import { scenarios } from './scenarios/index.mjs';

function optionsOrExit() {
  try {
    return readOptions(
      process.argv.slice(2),
      scenarios.map(({ name }) => name),
    );
  } catch (error) {
    if (!(error instanceof readOptions.UsageError)) throw error;
    console.error(`bench: ${error.message}\n"npm run bench -- --help" tells how it is used.`);
    process.exit(2);
  }
}

const lengthOf = (options) => (scenario) => (options.quick ? scenario.seconds.quick : scenario.seconds.full);

function list(options) {
  const length = lengthOf(options);
  const rows = scenarios.map((scenario) => [scenario.name, `${length(scenario)} s`, scenario.shows]);
  return rows.map(([name, seconds, shows]) => `${name.padEnd(24)}${seconds.padStart(6)}  ${shows}`).join('\n');
}

// The flags of the services, which the baselines get too, are those of the Node that `npm run` puts in front.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`bench: this is Node ${process.versions.node}, and it needs 24; run it as "npm run bench".`);
  process.exit(2);
}
const options = optionsOrExit();
if (options.help || options.list) {
  console.log(options.help ? HELP : list(options));
  process.exit(0);
}

const chosen = scenarios.filter(({ name }) => options.only.includes(name));
const length = lengthOf(options);
const progress = startProgress(1000 * chosen.reduce((sum, scenario) => sum + length(scenario), 0));
const root = mkdtempSync(join(tmpdir(), 'medserve-bench-'));
const machine = machineFacts();
const results = [];
// Ends the scenario that runs and what it started; what was measured before is still reported.
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupted.abort());
try {
  for (const [index, scenario] of chosen.entries()) {
    if (interrupted.signal.aborted) break;
    progress.scenario(scenario.name, index + 1, chosen.length);
    const folder = join(root, scenario.name);
    const result = await measureScenario(scenario, {
      options,
      folder,
      say: progress.say,
      signal: interrupted.signal,
    });
    results.push(result);
    progress.end();
    console.log(`${scenarioText(result)}\n`);
  }
} finally {
  progress.end();
  rmSync(root, { recursive: true, force: true });
}

const run = {
  at: new Date().toISOString(),
  machine,
  options: { quick: options.quick, shape: options.shape, records: options.records },
  scenarios: results,
};
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
if (options.html !== undefined) writeFileSync(options.html, htmlPage(run));
const { met, missed, unknown } = countVerdicts(results);
const of = (status) => String(results.filter((result) => result.status === status).length);
console.log(
  table([
    ['', 'met', 'missed', 'not taken'],
    ['targets', String(met), String(missed), String(unknown)],
  ]),
);
console.log(
  `\nscenarios: ${of('measured')} measured, ${of('not offered')} not offered, ${of('skipped')} skipped, ${of('failed')} failed`,
);
process.exitCode = results.some(({ status }) => status === 'failed') || interrupted.signal.aborted ? 1 : 0;
