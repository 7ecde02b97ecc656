#!/usr/bin/env node
// Generates libs/contracts/src/generated from the .proto files, or (`--check`) fails where what is committed is not what they
// give. The .proto files are linted first. Everything runs offline: buf and ts-proto come with the lockfile.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const contracts = join(root, 'libs', 'contracts');
const bin = join(root, 'node_modules', '.bin');
const GENERATED = join('src', 'generated');

function buf(...args) {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    BUF_CACHE_DIR: join(root, 'node_modules', '.cache', 'buf'),
  };
  const { status, error } = spawnSync(join(bin, 'buf'), args, { cwd: contracts, stdio: 'inherit', env });
  if (error) throw error;
  if (status !== 0) throw new Error(`buf ${args[0]} failed`);
}

function generateInto(folder) {
  buf('lint');
  buf('generate', '-o', folder);
  // What reflection tells to clients such as grpcurl; without comments, which would go stale with every word.
  mkdirSync(join(folder, GENERATED), { recursive: true });
  buf('build', '--exclude-source-info', '-o', join(folder, GENERATED, 'descriptors.binpb'));
}

function contents(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'latin1')]));
}

/** Paths of generated files that are not what the .proto files give. */
export function staleFiles() {
  const scratch = mkdtempSync(join(tmpdir(), 'medserve-proto-'));
  try {
    generateInto(scratch);
    const fresh = contents(join(scratch, GENERATED));
    const committed = contents(join(contracts, GENERATED));
    return [...new Set([...fresh.keys(), ...committed.keys()])].filter(
      (path) => fresh.get(path) !== committed.get(path),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    if (stale.length > 0) {
      console.error(
        `Generated code is not what the .proto files give: ${stale.join(', ')}\nRun "npm run proto" and commit both.`,
      );
      process.exitCode = 1;
    }
  } else {
    generateInto(contracts);
  }
}
