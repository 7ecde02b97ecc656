import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * The form in which files are asked about. They are read while they are sent.
 *
 * @throws Error naming a file that cannot be read, and why
 */
export async function imageForm(files: readonly string[], wishes: object): Promise<FormData> {
  const form = new FormData();
  form.set('request', JSON.stringify(wishes));
  for (const file of files) form.append('file', await openFile(file), basename(file));
  return form;
}

async function openFile(path: string): Promise<Blob> {
  const reason = await stat(path).then(
    (found) => (found.isFile() ? undefined : 'it is not a file'),
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error',
  );
  if (reason !== undefined) throw new Error(`cannot read ${path}: ${reason}`);
  try {
    return await openAsBlob(path);
  } catch (error) {
    throw new Error(`cannot read ${path}`, { cause: error });
  }
}
