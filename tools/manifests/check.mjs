#!/usr/bin/env node
// `npm run manifests:check`: what is committed below deploy/ is what its source gives, every document fits the schema of its kind, and
// so does what each overlay makes of it. Overlays need kubectl; without it they are left out, which is said.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeProblems } from './compose.mjs';
import { documentsOf, problemsOf } from './documents.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const rendered = join(root, 'deploy/k8s/rendered');
const overlays = join(root, 'deploy/k8s/overlays');

/** Files that are part of something are checked where they are put together. */
const isWhole = (name) => name.endsWith('.yaml') && !/kustomization\.yaml$|-patch\.yaml$|^fleet\.yaml$/.test(name);

function checked(text, where) {
  const documents = documentsOf(text);
  return { count: documents.length, problems: documents.flatMap(problemsOf).map((problem) => `${where}: ${problem}`) };
}

const ofFiles = readdirSync(rendered, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && isWhole(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => checked(readFileSync(path, 'utf8'), relative(root, path)));

function ofOverlay(name) {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', join(overlays, name)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) return undefined;
  return status === 0
    ? checked(stdout, `overlay ${name}`)
    : { count: 0, problems: [`overlay ${name}: ${stderr.trim()}`] };
}

const stale = spawnSync(process.execPath, [join(root, 'tools/manifests/render.mjs'), '--check'], { stdio: 'inherit' });
const names = readdirSync(overlays);
const ofOverlays = names.map(ofOverlay);
const isLeftOut = ofOverlays.some((result) => result === undefined);
const results = [...ofFiles, ...ofOverlays.filter((result) => result !== undefined)];
const problems = [...results.flatMap((result) => result.problems), ...composeProblems(root)];

for (const problem of problems) console.error(problem);
if (isLeftOut)
  console.warn(`manifests: there is no kubectl here, so the overlays ${names.join(', ')} were NOT checked`);
if (problems.length > 0 || stale.status !== 0) process.exitCode = 1;
else {
  const count = results.reduce((sum, result) => sum + result.count, 0);
  console.log(
    `manifests: ${String(count)} documents fit their schemas${isLeftOut ? '' : `, of ${String(names.length)} overlays too`}`,
  );
}
