import { constants, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * PostgreSQL refuses to run as root, so root hands it to `nobody`, who exists everywhere and owns nothing; everyone else
 * runs it as themselves. No system user is created.
 */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const NOBODY = 65_534;

export const isRoot = (): boolean => process.getuid?.() === 0;

export const serverAccount = (): Account => (isRoot() ? { uid: NOBODY, gid: NOBODY } : {});

/** True when any user can reach `path`: every folder above it lets others pass. */
export function isReachableByOthers(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}

export interface Doorway {
  /** How a child process names the folder. */
  readonly path: string;
  /** Entry for the fourth place of the child's `stdio`: the open folder, where the path leads through it. */
  readonly descriptor: number | 'ignore';
}

/**
 * A way for the server's account into a folder that only root may walk to (a checkout under /root, say): the child inherits
 * the folder open as descriptor 3, and /proc/self/fd/3 needs no right on the folders above. So the data stay where they were
 * asked for. Whoever opens a doorway closes its descriptor.
 */
export function openDoorway(folder: string): Doorway {
  if (!isRoot() || process.platform !== 'linux') return { path: folder, descriptor: 'ignore' };
  return { path: '/proc/self/fd/3', descriptor: openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY) };
}
