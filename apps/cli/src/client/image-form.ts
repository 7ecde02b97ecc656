import { openAsBlob } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { ServingError } from '@medserve/errors';

/** In the order of people: `slice2` before `slice10`. */
const byPath = new Intl.Collator('en', { numeric: true });
/** Of what is left out so many are named. */
const NAMED = 5;
/** As much as tells what a file is, compressed NIfTI included. */
const HEAD_BYTES = 4_096;

/**
 * The form in which files are asked about, and with a folder all images that are below it. What is hidden, what does not begin as an image
 * does (a viewer and a READ ME of a CD) and the directory of a DICOM medium are left out, which standard error tells of. Files are read
 * while they are sent.
 *
 * @throws Error naming a file that cannot be read, and why
 */
export async function imageForm(paths: readonly string[], wishes: object): Promise<FormData> {
  const form = new FormData();
  form.set('request', JSON.stringify(wishes));
  for (const path of paths) {
    for (const file of await filesAt(path)) form.append('file', await openFile(file), basename(file));
  }
  return form;
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await factsOf(path);
  if (found.isFile()) return [path];
  if (!found.isDirectory()) throw new Error(`cannot read ${path}: it is neither a file nor a folder`);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  // A link to a file is one.
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const kept: string[] = [];
  const left: string[] = [];
  for (const file of files.toSorted((one, other) => byPath.compare(one, other))) {
    const isSent = !isBesideImages(relative(path, file)) && (await isImage(file));
    (isSent ? kept : left).push(file);
  }
  if (kept.length === 0) throw new Error(`cannot read ${path}: there is no image in the folder`);
  if (left.length > 0) process.stderr.write(`${leftOut(path, left)}\n`);
  return kept;
}

/** What is hidden, or lies in a folder that is; `DICOMDIR`: PS3.10, section 8.6. */
const isBesideImages = (path: string): boolean =>
  path.split(sep).some((name) => name.startsWith('.')) || basename(path).toUpperCase() === 'DICOMDIR';

/** By its first bytes, as the platform will judge it; its name says nothing. */
async function isImage(path: string): Promise<boolean> {
  const facts = await factsOf(path);
  if (!facts.isFile() || facts.size === 0) return false;
  // Loaded where there is a folder to look through, and not by every command.
  const { identify } = await import('@medserve/imaging');
  try {
    identify(await headOf(path));
    return true;
  } catch (error) {
    if (error instanceof ServingError) return false;
    throw error;
  }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

const unreadable = (path: string, cause: unknown): Error =>
  new Error(`cannot read ${path}: ${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}`, { cause });

const factsOf = (path: string) =>
  stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });

function leftOut(folder: string, left: readonly string[]): string {
  const named = left.slice(0, NAMED).map((file) => relative(folder, file));
  const more = left.length > NAMED ? [`${String(left.length - NAMED)} more`] : [];
  return `left out of ${folder}: ${[...named, ...more].join(', ')}`;
}

async function openFile(path: string): Promise<Blob> {
  // Opening says nothing of reading.
  await headOf(path);
  return openAsBlob(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}
