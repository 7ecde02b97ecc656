#!/usr/bin/env node
// `npm start`: on a fresh clone installs and builds first, then becomes `medserve up` with the same options.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const node = ensureInstalled();
const built = spawnSync(node, [join(root, 'tools', 'build.mjs'), '--quiet'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);

// npm forwards SIGTERM to this process only; Ctrl-C reaches the whole foreground group. Both must end in one orderly stop.
const up = spawn(node, [join(root, 'bin', 'medserve.js'), 'up', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => up.kill('SIGTERM'));
process.on('SIGINT', () => up.kill('SIGINT'));
up.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
