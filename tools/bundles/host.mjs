// Puts the code of a model host into two files, one for its main thread and one for its worker: looking for some nine hundred
// small ones is half of what the start of a host costs, and a cold model waits for it.
import { join } from 'node:path';
import { madeOf, writeWhole } from './made-of.mjs';

/** As they lie to each other in `dist`: the main thread finds the worker by its own place. */
const ENTRIES = [
  { entry: 'host-main.js', file: join('host', 'host-main.js') },
  { entry: 'worker-main.js', file: 'worker-main.js' },
];
/** With native parts, which need their own folders, or loaded only by a few hosts. */
const NOT_BUNDLED = [/^onnxruntime-/, /^sharp$/, /^yaml$/, /^@grpc\/(proto-loader|reflection)$/, /^grpc-health-check$/];

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
  const list = madeOf(folder, lockfile, ENTRIES);
  if (!clean && list.isCurrent()) return { isNew: false, ms: Date.now() - began };
  list.begin();
  const modules = [];
  for (const { entry, file } of ENTRIES) {
    const { code, moduleIds } = await bundle(join(dist, entry));
    writeWhole(join(folder, file), code);
    modules.push(...moduleIds);
  }
  list.end(
    ENTRIES.map(({ file }) => file),
    modules,
  );
  return { isNew: true, ms: Date.now() - began };
}
