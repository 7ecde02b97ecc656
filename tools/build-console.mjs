// Builds the console with Vite, where something that it is made of has changed since.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { underLock } from './build-lock.mjs';
import { compressConsole } from './compress-console.mjs';

/** Where a build is made, beside what is served: folders called `dist` are no sources, here and for git. */
const SCRATCH = /^\.build-\d+$/;

function* sourcesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'dist' && !SCRATCH.test(entry.name)) yield* sourcesUnder(path);
    } else if (!entry.name.endsWith('.spec.ts')) {
      yield path;
    }
  }
}

/** What the console is made of: its files as they stand on disk, the types that it shares, and the versions of its libraries. */
function stateOf(folder) {
  const hash = createHash('sha256');
  for (const path of [...sourcesUnder(folder)].sort()) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path}\0${mtimeMs}\0${size}\n`);
  }
  hash.update(readFileSync(join(folder, '..', '..', 'package-lock.json')));
  return hash.digest('hex');
}

const found = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Loaded only when needed: most starts build nothing. */
async function bundleWithVite(folder, outDir) {
  const { build } = await import('vite');
  await build({ configFile: join(folder, 'vite.config.mjs'), logLevel: 'warn', build: { outDir } });
  await compressConsole(outDir);
}

/** Puts a built folder in the place of the one before, by renaming: whoever reads there finds one of the two, and whole. */
function swapIn(built, target) {
  const before = join(dirname(built), 'before');
  try {
    renameSync(target, before);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(built, target);
}

/**
 * Builds run one at a time, each in a folder of its own that is swapped in when it is whole. What a killed one left goes with the next.
 *
 * @param {object} options
 * @param {string} options.folder of the console
 * @param {boolean} [options.clean] whether it is built though nothing has changed
 * @param {(folder: string, outDir: string) => Promise<void>} [options.bundle] fills an empty folder
 * @param {string} [options.lock]
 * @returns whether it was built, and how long that took
 */
export async function buildConsole({
  folder,
  clean = false,
  bundle = bundleWithVite,
  lock = join(folder, '..', '..', 'node_modules', '.vite-console.lock'),
}) {
  const began = Date.now();
  const target = join(folder, 'dist');
  const state = stateOf(folder);
  const isBuilt = () => found(join(target, '.built')) === state;
  if (!clean && isBuilt()) return { isNew: false, ms: Date.now() - began };
  const isNew = await underLock(
    lock,
    async () => {
      // Whoever was waited for may have built the same.
      if (!clean && isBuilt()) return false;
      for (const name of readdirSync(folder)) if (SCRATCH.test(name)) rmSync(join(folder, name), { recursive: true });
      const scratch = join(folder, `.build-${process.pid}`);
      const built = join(scratch, 'dist');
      mkdirSync(built, { recursive: true });
      try {
        await bundle(folder, built);
        writeFileSync(join(built, '.built'), state);
        swapIn(built, target);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
      return true;
    },
    (pid) => console.error(`console: the process ${pid} is building it; waiting for that`),
  );
  return { isNew, ms: Date.now() - began };
}
