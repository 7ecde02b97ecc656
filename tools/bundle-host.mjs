// Puts the code of a model host into two files, one for its main thread and one for its worker: looking for some nine hundred
// small ones is half of what the start of a host costs, and a cold model waits for it.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** As they lie to each other in `dist`: the main thread finds the worker by its own place. */
const ENTRIES = [
  { entry: 'host-main.js', file: join('host', 'host-main.js') },
  { entry: 'worker-main.js', file: 'worker-main.js' },
];
/** With native parts, which need their own folders, or loaded only by a few hosts. */
const NOT_BUNDLED = [
  /^onnxruntime-/,
  /^sharp$/,
  /^yaml$/,
  /^jpeg-lossless-/,
  /^@grpc\/(proto-loader|reflection)$/,
  /^grpc-health-check$/,
];

const stampOf = (path) => {
  const { mtimeMs, size } = statSync(path);
  return `${String(mtimeMs)} ${String(size)}`;
};

/** Whether the files that a bundle was made of are still those. */
function isMadeOf(list) {
  try {
    const { lock, modules } = JSON.parse(readFileSync(list.path, 'utf8'));
    return lock === list.lock && modules.every(([path, stamp]) => stampOf(path) === stamp);
  } catch {
    return false;
  }
}

/** For a reader who comes meanwhile it is either the old file or the new one. */
function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

async function bundleWithRolldown(input) {
  // Loaded only when needed: most starts bundle nothing.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ input, platform: 'node', external: NOT_BUNDLED, logLevel: 'silent' });
  try {
    const { output } = await build.generate({ format: 'cjs', codeSplitting: false });
    return output[0];
  } finally {
    await build.close();
  }
}

/**
 * @param {object} options
 * @param {string} options.dist of the app `inference`, emitted
 * @param {string} options.folder where the bundle goes
 * @param {string} options.lockfile
 * @param {boolean} [options.clean] whether it is made though nothing has changed
 * @param {(entry: string) => Promise<{ code: string, moduleIds: readonly string[] }>} [options.bundle]
 * @returns whether it was made, and how long that took
 */
export async function bundleHost({ dist, folder, lockfile, clean = false, bundle = bundleWithRolldown }) {
  const began = Date.now();
  const list = { path: join(folder, 'made-of.json'), lock: stampOf(lockfile) };
  if (!clean && isMadeOf(list)) return { isNew: false, ms: Date.now() - began };
  // Not valid from now on until it is whole.
  rmSync(list.path, { force: true });
  const modules = new Map();
  for (const { entry, file } of ENTRIES) {
    const { code, moduleIds } = await bundle(join(dist, entry));
    writeWhole(join(folder, file), code);
    for (const path of moduleIds.filter((id) => isAbsolute(id))) modules.set(path, stampOf(path));
  }
  writeWhole(list.path, JSON.stringify({ lock: list.lock, modules: [...modules] }));
  return { isNew: true, ms: Date.now() - began };
}
