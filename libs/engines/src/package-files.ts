import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { broken } from './broken';

/** What tells, without reading it, that a file is still the one that was hashed. Large integers are texts, to pass as JSON. */
export interface FileStamp {
  /** Inside the package. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly inode: string;
  readonly modifiedNs: string;
  /** Of the inode: the one time that whoever writes a file cannot set, so `cp -p` does not keep it. */
  readonly changedNs: string;
}

const MAX_FILES = 256;
const MAX_DEPTH = 4;
/** A tenth of the disk of a small server; what is larger is more likely a mistake than a model. */
const MAX_PACKAGE_BYTES = 64 * 2 ** 30;

/** The folder with all links resolved. @throws ServingError `model_broken` */
export async function packageRoot(folder: string): Promise<string> {
  return realpath(folder).catch((error: unknown) => {
    throw broken('The folder of the package is missing.', error);
  });
}

/**
 * A regular file of the package itself: no link out of it, and none by which it could be changed from elsewhere.
 *
 * @throws ServingError `model_broken` naming the file
 */
export async function stampFile(root: string, path: string): Promise<FileStamp> {
  const whole = join(root, path);
  const [stat, real] = await Promise.all([lstat(whole, { bigint: true }), realpath(whole)]).catch((error: unknown) => {
    throw broken(`The file ${path} is missing.`, error);
  });
  if (!stat.isFile() || real !== whole) throw broken(`${path} is no plain file of the package (links are refused).`);
  if (stat.nlink > 1n) throw broken(`${path} has a second name (hard links are refused).`);
  return {
    path,
    size: Number(stat.size),
    inode: String(stat.ino),
    modifiedNs: String(stat.mtimeNs),
    changedNs: String(stat.ctimeNs),
  };
}

/** @throws ServingError `model_broken` naming the file, or when all together are larger than any package may be */
export async function stampFiles(root: string, paths: readonly string[]): Promise<readonly FileStamp[]> {
  if (paths.length > MAX_FILES) throw broken(`The package has more than ${String(MAX_FILES)} files.`);
  const stamps = await Promise.all(paths.map((path) => stampFile(root, path)));
  if (stamps.reduce((sum, { size }) => sum + size, 0) > MAX_PACKAGE_BYTES) {
    throw broken('The files of the package are larger than 64 GiB together.');
  }
  return stamps;
}

/** @throws ServingError `model_broken` when it is missing, no plain file, or larger than `maxBytes` */
export async function readSmallFile(root: string, path: string, maxBytes: number): Promise<string> {
  const { size } = await stampFile(root, path);
  if (size > maxBytes) throw broken(`${path} is larger than ${String(maxBytes)} bytes.`);
  return readFile(join(root, path), 'utf8');
}

/** Paths of all files below `folder`, which is inside `root`; what is hidden is left out, as it is no part of a model. */
export async function filesBelow(root: string, folder: string, depth = 0): Promise<string[]> {
  if (depth > MAX_DEPTH) throw broken(`The folder ${folder} is nested too deeply.`);
  const paths: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = `${folder}/${entry.name}`;
    paths.push(...(entry.isDirectory() ? await filesBelow(root, path, depth + 1) : [path]));
    if (paths.length > MAX_FILES) throw broken(`The package has more than ${String(MAX_FILES)} files.`);
  }
  return paths.sort();
}

/** SHA-256 in hex. */
export async function sha256File(root: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(root, path)), hash);
  return hash.digest('hex');
}

export const sha256Text = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface HashedFile {
  readonly path: string;
  readonly sha256: string;
}

/** `sha256:` and the SHA-256 of the sorted lines `<sha256>  <path>\n`. */
export function digestOf(files: readonly HashedFile[]): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return `sha256:${sha256Text(lines.join(''))}`;
}

const isSame = (a: FileStamp, b: FileStamp | undefined): boolean =>
  a.path === b?.path &&
  a.size === b.size &&
  a.inode === b.inode &&
  a.modifiedNs === b.modifiedNs &&
  a.changedNs === b.changedNs;

export const isUnchanged = (stamps: readonly FileStamp[], known: readonly FileStamp[]): boolean =>
  stamps.length === known.length && stamps.every((stamp, index) => isSame(stamp, known[index]));
