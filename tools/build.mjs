#!/usr/bin/env node
// Emits every workspace's src/ into its dist/ with SWC (CommonJS, source maps), skipping what has not changed.
// Types are checked apart (`npm run types`): emitting must be quick, because `npm start` does it.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  copyFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';
import { buildConsole } from './build-console.mjs';
import { underLock } from './build-lock.mjs';
import { bundleHost } from './bundles/host.mjs';
import { bundleServices } from './bundles/services.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const INFERENCE = join(root, 'apps', 'inference', 'dist');
/** Made of what is emitted. */
const HOST_BUNDLE = join(INFERENCE, 'bundle', sep);
/** What runs: the command, the single shape, and each service by itself. */
const SERVICES = ['gateway', 'inference', 'monitor', 'recorder', 'router', 'scaler'];
const ENTRIES = {
  medserve: join(root, 'apps', 'cli', 'dist', 'main.js'),
  platform: join(root, 'apps', 'cli', 'dist', 'platform-main.js'),
  ...Object.fromEntries(SERVICES.map((app) => [app, join(root, 'apps', app, 'dist', 'main.js')])),
};
/** As apps/cli/src/package.ts and bin/medserve.js know it. */
const CODE_CACHE = join(root, 'node_modules', '.cache', 'medserve', 'code');
/** Made for browsers, by another tool. */
const CONSOLE = join(root, 'apps', 'console');

const OPTIONS = {
  cwd: root,
  swcrc: false,
  sourceMaps: true,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
    target: 'es2023',
  },
  // Loaded when first used: they are for a few processes only, and every model host would wait for them when it starts.
  module: {
    type: 'commonjs',
    lazy: ['@grpc/proto-loader', '@grpc/reflection', 'grpc-health-check', 'sharp', 'yaml'],
  },
};

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

// What only tests load (`*.spec.ts`, folders named `testing`) is not part of what serves.
const isForTests = (path) => /\.spec\.ts$|\/testing\//.test(path);
const isSource = (path) => /\.ts$/.test(path) && !/\.d\.ts$/.test(path);
const isAsset = (path) => /\.(json|proto|html|css|svg|binpb|cjs)$/.test(path);
const modified = (path) => {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return -1;
  }
};

function emit(source, target, options) {
  mkdirSync(dirname(target), { recursive: true });
  if (isAsset(source)) {
    copyFileSync(source, target);
  } else {
    const { code, map } = transformFileSync(source, options);
    const name = target.split('/').pop();
    writeFileSync(target, `${code}\n//# sourceMappingURL=${name}.map\n`);
    writeFileSync(`${target}.map`, map);
  }
  // The copy carries its source's time (to the millisecond), so that a checkout of an older file counts as changed too.
  const { atime, mtime } = statSync(source);
  utimesSync(target, atime, mtime);
}

export function build({ clean = false } = {}) {
  const began = Date.now();
  let emitted = 0;
  let kept = 0;
  const workspaces = ['libs', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((workspace) => workspace !== CONSOLE);
  for (const workspace of workspaces) {
    const from = join(workspace, 'src');
    const to = join(workspace, 'dist');
    if (clean) rmSync(to, { recursive: true, force: true });
    const wanted = new Set();
    for (const source of filesUnder(from)) {
      if (isForTests(source) || !(isSource(source) || isAsset(source))) continue;
      const target = join(to, relative(from, source)).replace(/\.ts$/, '.js');
      wanted.add(target);
      if (Math.abs(modified(target) - modified(source)) < 2) {
        kept += 1;
        continue;
      }
      emit(source, target, OPTIONS);
      emitted += 1;
    }
    // A file whose source is gone must not be found by a require.
    if (modified(to) >= 0) {
      for (const path of filesUnder(to)) {
        if (path.startsWith(HOST_BUNDLE)) continue;
        if (!wanted.has(path) && !wanted.has(path.replace(/\.map$/, ''))) rmSync(path);
      }
    }
  }
  return { emitted, kept, ms: Date.now() - began };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await underLock(join(root, 'node_modules', '.medserve-build.lock'), buildAll, (pid) =>
    console.error(`build: the process ${pid} is building; waiting for that`),
  );
}

async function buildAll() {
  const { emitted, kept, ms } = build({ clean: process.argv.includes('--clean') });
  const isWorthSaying = emitted > 0 || !process.argv.includes('--quiet');
  if (isWorthSaying) console.log(`build: ${emitted} files emitted, ${kept} unchanged, ${ms} ms`);
  const clean = process.argv.includes('--clean');
  const lockfile = join(root, 'package-lock.json');
  const tell = (what, { isNew, ms }) => {
    if (isNew || isWorthSaying) console.log(`${what}: ${isNew ? `bundled in ${ms} ms` : 'unchanged'}`);
  };
  tell('model host', await bundleHost({ dist: INFERENCE, folder: HOST_BUNDLE, lockfile, clean }));
  const services = await bundleServices({ entries: ENTRIES, folder: join(root, 'dist'), lockfile, clean });
  // Node never forgets what it compiled of files that are gone.
  if (services.isNew) rmSync(CODE_CACHE, { recursive: true, force: true });
  tell('services', services);
  const page = await buildConsole({ folder: CONSOLE, clean });
  if (page.isNew || isWorthSaying) console.log(`console: ${page.isNew ? `built in ${page.ms} ms` : 'unchanged'}`);
}
