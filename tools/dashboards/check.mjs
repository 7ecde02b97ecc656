#!/usr/bin/env node
// `npm run dashboards:check`: dashboards are what their source renders, and dashboards, rules, their tests and their pages agree with
// each other and with the metrics that the platform declares.
import { relative } from 'node:path';
import { build } from '../build.mjs';
import { ROOT } from '../real/cache.mjs';
import { committed, renderings } from './boards.mjs';
import { checkAlerts, checkCurrent, checkLayout, checkPanels, checkQueries, checkRecorded } from './checks.mjs';
import { declaredMetrics } from './metrics.mjs';
import { readRules, readRunbooks, readTests } from './rules.mjs';

build();
const metrics = await declaredMetrics();
const { recorded, alerts } = readRules();
const wanted = renderings();
const names = new Set(alerts.map(({ alert }) => alert));
const problems = [
  ...checkRecorded(recorded, metrics),
  ...checkAlerts({ alerts, tests: readTests(), pages: readRunbooks() }, metrics),
  ...checkCurrent(wanted, committed(), (path) => relative(ROOT, path)),
];
for (const text of wanted.values()) {
  const dashboard = JSON.parse(text);
  problems.push(...checkQueries(dashboard, metrics), ...checkPanels(dashboard, names), ...checkLayout(dashboard));
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`dashboards: ${wanted.size}, ${recorded.length} recorded series and ${alerts.length} alerts agree`);
