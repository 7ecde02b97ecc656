#!/usr/bin/env node
// Writes deploy/k8s/catalogue: what a pod of each pool says of its models, so that a platform knows them while no pod is there. To be run
// when a package or the fleet has changed; then `npm run manifests`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { build } from '../build.mjs';
import { readSources } from './sources.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(root, 'deploy/k8s/catalogue');
const fleet = join(root, 'deploy/k8s/fleet.yaml');
const repositories = ['models', 'deploy/k8s/packages'].flatMap((name) => ['--models', join(root, name)]);

build();
const { pools } = readSources(root);
const scratch = mkdtempSync(join(tmpdir(), 'medserve-catalogues-'));
// Servers that a package names have to be known to it, and are not asked.
const servers = join(scratch, 'pools.yaml');
const packages = join(root, 'deploy/k8s/packages');
const named = readdirSync(packages, { recursive: true })
  .filter((path) => path.endsWith('model.yaml'))
  .map((path) => parse(readFileSync(join(packages, path), 'utf8')).pool.name)
  .map((name) => [name, { replicas: ['http://127.0.0.1:8000'] }]);
writeFileSync(servers, JSON.stringify({ pools: Object.fromEntries(named) }));
mkdirSync(folder, { recursive: true });
try {
  for (const { name } of pools) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'bin/medserve.js'), 'pools', 'describe', ...repositories, '--fleet', fleet, '--pool', name],
      { encoding: 'utf8', env: { ...process.env, MEDSERVE_POOLS_FILE: servers } },
    );
    if (status !== 0) throw new Error(`pool ${name}: ${stderr}`);
    writeFileSync(join(folder, `${name}.json`), stdout);
  }
  const names = new Set(pools.map(({ name }) => `${name}.json`));
  for (const file of readdirSync(folder)) if (!names.has(file)) rmSync(join(folder, file));
  console.log(`catalogues: of ${String(pools.length)} pools`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
