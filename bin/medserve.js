#!/usr/bin/env node
'use strict';
// The command `medserve`. A committed file, so that `npx medserve` works in a clone right after install: it builds
// dist/ where there is none, moves to the Node of the lockfile where the host's is older, and hands over to apps/cli.
const { spawn, spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const root = join(__dirname, '..');
const bundled = join(root, 'node_modules', '.bin', 'node');
const entry = join(root, 'dist', 'medserve.js');
const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24;

if (!existsSync(entry)) {
  const built = spawnSync(process.execPath, [join(root, 'tools', 'prepare.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
if (!isNewEnough && existsSync(bundled)) {
  const child = spawn(bundled, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal signals the whole group by itself; what is sent to this pid alone is passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
} else {
  enableCompileCache?.(join(root, 'node_modules', '.cache', 'medserve', 'code', 'medserve'));
  require(entry);
}
