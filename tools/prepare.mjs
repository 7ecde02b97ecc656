#!/usr/bin/env node
// What has to be true before anything runs from compiled files: the packages are installed and dist/ is up to date.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const node = ensureInstalled();
const { status } = spawnSync(node, [join(root, 'tools', 'build.mjs'), '--quiet'], { stdio: 'inherit' });
process.exit(status ?? 1);
