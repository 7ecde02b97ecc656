import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, sha256Text, type HashedFile } from '../package-files';
import { APPROVAL, isIgnorable, SIGNATURE, SIGNATURE_FILES } from './signed-files';
import { folded } from './statement';
import { untrusted } from './untrusted';

const MAX_FILES = 4_096;
const MAX_DEPTH = 8;
/** As in `package-files`: what is larger is more likely a mistake than a model. */
const MAX_BYTES = 64 * 2 ** 30;
const MAX_SIGNATURE_BYTES = 4 * 2 ** 20;

export interface SealedFile extends HashedFile {
  /** In bytes. */
  readonly size: number;
}

/** A folder as it was read once, byte for byte: everything that is judged afterwards is judged by this. */
export interface SealedFolder {
  /** By path; signatures and git's files are not among them. */
  readonly files: readonly SealedFile[];
  /** The text of `model.sig`; absent: there is none. */
  readonly signature: string | undefined;
  readonly approval: string | undefined;
}

/** `sha256:` over these files and both signatures: what a copy of them is to be known by. */
export function sealOf({ signature, approval }: SealedFolder, files: readonly HashedFile[]): string {
  const signatures = [
    [SIGNATURE, signature],
    [APPROVAL, approval],
  ] as const;
  const there = signatures.flatMap(([path, text]) => (text === undefined ? [] : [{ path, sha256: sha256Text(text) }]));
  return digestOf([...files, ...there]);
}

async function* walk(root: string, folder: string, depth: number): AsyncGenerator<string> {
  if (depth > MAX_DEPTH) throw untrusted(`The folder ${folder} is nested too deeply.`);
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (folder === '' && isIgnorable(path) && !SIGNATURE_FILES.has(path)) continue;
    if (entry.isDirectory()) yield* walk(root, path, depth + 1);
    else yield path;
  }
}

function checkPlain(path: string, stat: BigIntStats): void {
  if (!stat.isFile()) throw untrusted(`${path} is no plain file (links are refused).`);
  if (stat.nlink > 1n) throw untrusted(`${path} has a second name (hard links are refused).`);
}

/** Reads a file through one descriptor, so that what was looked at is what is hashed. */
async function readSealed(root: string, path: string): Promise<SealedFile & { readonly text: string | undefined }> {
  const whole = join(root, path);
  checkPlain(path, await lstat(whole, { bigint: true }));
  const file = await open(whole, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw untrusted(`${path} cannot be read.`, error);
  });
  try {
    const before = await file.stat({ bigint: true });
    checkPlain(path, before);
    const isSignature = SIGNATURE_FILES.has(path);
    if (isSignature && before.size > MAX_SIGNATURE_BYTES) throw untrusted(`${path} is larger than any signature.`);
    const hash = createHash('sha256');
    const kept: Buffer[] = [];
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
      if (isSignature) kept.push(chunk as Buffer);
    }
    const after = await file.stat({ bigint: true });
    if (after.ctimeNs !== before.ctimeNs || after.size !== before.size) {
      throw untrusted(`${path} was written to while it was read.`);
    }
    const text = isSignature ? Buffer.concat(kept).toString('utf8') : undefined;
    return { path, sha256: hash.digest('hex'), size: Number(before.size), text };
  } finally {
    await file.close();
  }
}

/**
 * Reads and hashes every file of a folder, hidden ones included.
 *
 * @throws ServingError `model_untrusted` naming the first file that is none of the folder's own, or is there twice
 */
export async function sealFolder(folder: string): Promise<SealedFolder> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw untrusted('The folder of the model is missing.', error);
  });
  const paths: string[] = [];
  for await (const path of walk(root, '', 0)) {
    paths.push(path);
    if (paths.length > MAX_FILES) throw untrusted(`The model has more than ${String(MAX_FILES)} files.`);
  }
  const names = new Map<string, string>();
  for (const path of paths.sort()) {
    const other = names.get(folded(path));
    if (other !== undefined) throw untrusted(`${path} and ${other} differ in case only.`);
    names.set(folded(path), path);
  }
  const files: SealedFile[] = [];
  const signatures = new Map<string, string>();
  let bytes = 0;
  for (const path of paths) {
    const { text, ...file } = await readSealed(root, path);
    bytes += file.size;
    if (bytes > MAX_BYTES) throw untrusted('The files of the model are larger than 64 GiB together.');
    if (text === undefined) files.push(file);
    else signatures.set(path, text);
  }
  return { files, signature: signatures.get(SIGNATURE), approval: signatures.get(APPROVAL) };
}
