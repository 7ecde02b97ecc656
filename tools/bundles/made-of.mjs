// What a bundle was made of, so that it is made anew when that has changed and only then.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';

const stampOf = (path) => {
  const { mtimeMs, size } = statSync(path);
  return `${String(mtimeMs)} ${String(size)}`;
};
const INSTALLED = `${sep}node_modules${sep}`;

/** For a reader who comes meanwhile it is either the old file or the new one. */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/**
 * The list of what lies in `folder` was made of: our own modules, each with its time and size, and the lockfile for those that were
 * installed.
 */
export function madeOf(folder, lockfile) {
  const path = join(folder, 'made-of.json');
  const lock = stampOf(lockfile);
  return {
    /** Whether all of it is as it was, and the bundle is whole. */
    isCurrent() {
      try {
        const made = JSON.parse(readFileSync(path, 'utf8'));
        return made.lock === lock && made.modules.every(([module, stamp]) => stampOf(module) === stamp);
      } catch {
        return false;
      }
    },
    /** Not valid from now on until it is whole. */
    begin: () => rmSync(path, { force: true }),
    end(moduleIds) {
      const own = [...new Set(moduleIds)].filter((id) => isAbsolute(id) && !id.includes(INSTALLED));
      writeWhole(path, JSON.stringify({ lock, modules: own.map((module) => [module, stampOf(module)]) }));
    },
  };
}
