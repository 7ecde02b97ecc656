#!/usr/bin/env node
// `npm run manifests`: writes what is rendered from deploy/k8s/src.
//
//   node tools/manifests/render.mjs            writes it
//   node tools/manifests/render.mjs --check    fails, naming the files, when what is committed is not what the source gives
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../build.mjs';
import { emitFolder } from './emit.mjs';
import { readSources } from './sources.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const deploy = join(root, 'deploy');

function* filesUnder(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

const textAt = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

build();
emitFolder(join(deploy, 'k8s/src'), join(deploy, 'k8s/dist'));
const { render } = createRequire(import.meta.url)(join(deploy, 'k8s/dist/render.js'));
const rendered = render(readSources(root));
const changed = [...rendered].filter(([path, text]) => textAt(join(deploy, path)) !== text).map(([path]) => path);
const left = [...filesUnder(join(deploy, 'k8s/rendered'))]
  .map((path) => relative(deploy, path))
  .filter((path) => !rendered.has(path));

if (process.argv.includes('--check')) {
  for (const path of changed) console.error(`deploy/${path}: is not what its source gives; run "npm run manifests"`);
  for (const path of left) console.error(`deploy/${path}: has no source; run "npm run manifests"`);
  if (changed.length + left.length === 0)
    console.log(`manifests: ${String(rendered.size)} files are what their source gives`);
  else process.exitCode = 1;
} else {
  for (const path of changed) {
    mkdirSync(dirname(join(deploy, path)), { recursive: true });
    writeFileSync(join(deploy, path), rendered.get(path));
  }
  for (const path of left) rmSync(join(deploy, path));
  console.log(
    `manifests: ${String(changed.length)} files written, ${String(left.length)} removed, of ${String(rendered.size)}`,
  );
}
