// Programs that take long to build, kept by what they are built from: <cache>/<name>/<hash of the inputs>.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join, relative } from 'node:path';
import { cacheFolder, ROOT } from '../real/cache.mjs';
import { requireGo } from './go.mjs';

const hashOf = (inputs) => {
  const hash = createHash('sha256').update(`${platform()} ${arch()}\n`);
  for (const path of inputs) hash.update(`${relative(ROOT, path)}\n`).update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
};

/**
 * The folder of a build, made if it is not there yet.
 * @param {readonly string[]} inputs files that decide what the build gives
 * @param {(folder: string) => Promise<void>} build fills the folder
 * @throws MissingToolError where it has to be built and there is no Go
 */
export async function keptBuild({ name, inputs, build }) {
  const folder = join(cacheFolder(), name, hashOf(inputs));
  if (existsSync(folder)) return folder;
  requireGo();
  const scratch = `${folder}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  try {
    await build(scratch);
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    // Another run may have been first.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
