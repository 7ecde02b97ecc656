import { LIMITS } from './limits';
import { FileGoneError } from './send-files';
import type { FoundFile } from './sort-out';

/** Beyond this the rest of a folder is not looked at: it is far more than may be sent. */
const MOST_FOUND = 2 * LIMITS.files;

/** Files that were chosen, or pasted. */
export const chosenFiles = (files: FileList): FoundFile[] =>
  [...files].slice(0, MOST_FOUND).map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/**
 * What was dropped, folders with all that is in them. It has to be called before the event of the drop is over.
 *
 * @throws FileGoneError
 */
export function droppedFiles({ items, files }: DataTransfer): Promise<FoundFile[]> {
  // The list is emptied when the event is over: entries are taken at once, and walked afterwards.
  const entries = [...items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []));
  return entries.length === 0 ? Promise.resolve(chosenFiles(files)) : walk(entries);
}

async function walk(entries: readonly FileSystemEntry[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry !== undefined && found.length < MOST_FOUND; entry = waiting.shift()) {
    if (isFile(entry)) found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, '') });
    else if (isFolder(entry)) waiting.push(...(await childrenOf(entry)));
  }
  return found;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const gone =
  (reject: (error: FileGoneError) => void) =>
  (cause: unknown): void => {
    reject(new FileGoneError('What was dropped is not there any more.', { cause }));
  };

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, gone(reject));
  });

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives some at a time, and none when it is through.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, gone(reject));
    });
    if (some.length === 0 || children.length >= MOST_FOUND) return children;
    children.push(...some);
  }
}
