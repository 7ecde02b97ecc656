import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

/** In the order of people: `slice2` before `slice10`. */
const byPath = new Intl.Collator('en', { numeric: true });
/** Of what is left out so many are named. */
const NAMED = 5;

/**
 * The form in which files are asked about, and with a folder all that are below it but hidden ones, empty ones and the directory of a DICOM
 * medium, which standard error tells of. They are read while they are sent.
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
    const isSent = !isBesideImages(relative(path, file)) && (await holdsBytes(file));
    (isSent ? kept : left).push(file);
  }
  if (kept.length === 0) throw new Error(`cannot read ${path}: there is no image in the folder`);
  if (left.length > 0) process.stderr.write(`${leftOut(path, left)}\n`);
  return kept;
}

/** What is hidden, or lies in a folder that is; `DICOMDIR`: PS3.10, section 8.6. */
const isBesideImages = (path: string): boolean =>
  path.split(sep).some((name) => name.startsWith('.')) || basename(path).toUpperCase() === 'DICOMDIR';

async function holdsBytes(path: string): Promise<boolean> {
  const facts = await factsOf(path);
  return facts.isFile() && facts.size > 0;
}

const factsOf = (path: string) =>
  stat(path).catch((error: unknown) => {
    throw new Error(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  });

function leftOut(folder: string, left: readonly string[]): string {
  const named = left.slice(0, NAMED).map((file) => relative(folder, file));
  const more = left.length > NAMED ? [`${String(left.length - NAMED)} more`] : [];
  return `left out of ${folder}: ${[...named, ...more].join(', ')}`;
}

async function openFile(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (error) {
    throw new Error(`cannot read ${path}`, { cause: error });
  }
}
