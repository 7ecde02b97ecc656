// What a bundle was made of, so that it is made anew when that has changed and only then.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

const stampOf = (path) => {
  const { mtimeMs, size } = statSync(path);
  return `${String(mtimeMs)} ${String(size)}`;
};
const INSTALLED = `${sep}node_modules${sep}`;

/** What says how it is made: other words there, another bundle. */
const tools = () =>
  readdirSync(HERE)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => stampOf(join(HERE, name)));

/** For a reader who comes meanwhile it is either the old file or the new one. */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/**
 * The list of what lies in `folder` was made of: our own modules, each with its time and size, the lockfile for those that were
 * installed, and what was asked for.
 *
 * @param {unknown} wanted what is made, in words that JSON has
 */
export function madeOf(folder, lockfile, wanted) {
  const path = join(folder, 'made-of.json');
  const asked = JSON.stringify([stampOf(lockfile), tools(), wanted]);
  let beganMs = 0;
  const read = () => {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      return undefined;
    }
  };
  return {
    /** Whether all of it is as it was, and the bundle is whole. */
    isCurrent() {
      try {
        const { asked: before, files, modules } = read();
        return (
          before === asked &&
          files.every((file) => existsSync(join(folder, file))) &&
          modules.every(([module, stamp]) => stampOf(module) === stamp)
        );
      } catch {
        return false;
      }
    },
    /** The files of the one before. */
    files: () => read()?.files ?? [],
    /** Not valid from now on until it is whole. */
    begin() {
      rmSync(path, { force: true });
      beganMs = performance.timeOrigin + performance.now();
    },
    /** A module that was written since the beginning may be another than was read: then nothing is valid. */
    end(files, moduleIds) {
      const own = [...new Set(moduleIds)].filter((id) => isAbsolute(id) && !id.includes(INSTALLED));
      if (own.some((module) => statSync(module).ctimeMs >= beganMs)) return;
      writeWhole(path, JSON.stringify({ asked, files, modules: own.map((module) => [module, stampOf(module)]) }));
    },
  };
}
