#!/usr/bin/env node
// `npm run docs:check`: holds the documents against the product, so that they cannot go stale in silence. Links and paths lead
// somewhere, scripts and commands exist, the tables of errors and metrics and the conformance statement
// are the code's, and excerpts are what their files hold.
//
//   node tools/docs-check.mjs [FOLDER]    the Markdown files below FOLDER instead of the project's own
//   node tools/docs-check.mjs --errors    prints the table of errors as docs/api.md should have it
//   node tools/docs-check.mjs --metrics   writes docs/metrics.md anew
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import {
  checkCommands,
  checkConformance,
  checkErrors,
  checkExcerpts,
  checkLinks,
  checkMetrics,
  checkPaths,
  checkScripts,
  rowOf,
} from './docs/checks.mjs';
import { splitMarkdown } from './docs/markdown.mjs';
import { metricsPage } from './docs/metrics-page.mjs';
import { readProduct } from './docs/product.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ALL = [checkLinks, checkPaths, checkScripts, checkCommands, checkExcerpts];
/** Of documents that list what the product has, all of it. */
const FURTHER = new Map([
  [join('docs', 'api.md'), checkErrors],
  [join('docs', 'metrics.md'), checkMetrics],
  [join('docs', 'dicom-conformance.md'), checkConformance],
]);
const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);

function* markdownUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) yield* markdownUnder(path);
    else if (entry.isFile() && entry.name.endsWith('.md')) yield path;
  }
}

build();
const product = await readProduct(root);
const [given] = process.argv.slice(2);

if (given === '--errors') {
  console.log(
    ['| code | status | what it means | what to do |', '| --- | --- | --- | --- |', ...product.errors.map(rowOf)].join(
      '\n',
    ),
  );
} else if (given === '--metrics') {
  writeFileSync(join(root, 'docs', 'metrics.md'), await metricsPage(product.metrics));
} else {
  const folder = given ?? root;
  const problems = [];
  let count = 0;
  for (const path of markdownUnder(folder)) {
    count += 1;
    const whole = readFileSync(path, 'utf8');
    const document = { path, root, whole, ...splitMarkdown(whole) };
    const further = FURTHER.get(relative(folder, path));
    const checks = further === undefined ? ALL : [...ALL, further];
    const found = (await Promise.all(checks.map((check) => check(document, product)))).flat();
    found.sort((one, other) => one.line - other.line);
    problems.push(...found.map(({ line, problem }) => `${relative(folder, path)}:${line}: ${problem}`));
  }
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`docs: ${count} documents agree with the product`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
