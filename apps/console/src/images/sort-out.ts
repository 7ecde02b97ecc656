/** A file, and where in what was dropped it lay. */
export interface FoundFile<F = File> {
  readonly file: F;
  /** With the names of the folders before its own. */
  readonly path: string;
}

interface FileFacts {
  readonly name: string;
  readonly size: number;
}

export type Reason = 'empty' | 'hidden' | 'directory-record' | 'not-an-image' | 'unreadable' | 'no-series';

export interface Sorted<F = File> {
  /** What is sent, in the order of the names: `slice2` before `slice10`. */
  readonly kept: readonly F[];
  readonly left: readonly { readonly path: string; readonly reason: Reason }[];
}

const DIRECTORY_RECORDS = new Set(['dicomdir']);
/** What file managers leave behind. */
const HIDDEN = new Set(['thumbs.db', 'desktop.ini', '.ds_store']);
const NOT_IMAGES =
  /\.(?:bval|bvec|bat|cfg|csv|doc|docx|exe|gif|htm|html|inf|ini|js|json|log|md|mp4|pdf|ppt|pptx|py|rtf|sh|svg|tsv|txt|xls|xlsx|xml|yaml|yml|zip)$/;

const byPath = new Intl.Collator('en', { numeric: true });

/**
 * Leaves out of many files those whose names say that they are no images. One alone is sent whatever it is called: what is in it decides, and the
 * platform says what is wrong with it.
 */
export function sortOut<F extends FileFacts>(found: readonly FoundFile<F>[]): Sorted<F> {
  const ordered = [...found].sort((one, other) => byPath.compare(one.path, other.path));
  if (ordered.length === 1) return { kept: ordered.map(({ file }) => file), left: [] };
  const kept: F[] = [];
  const left: { path: string; reason: Reason }[] = [];
  for (const { file, path } of ordered) {
    const reason = reasonAgainst(file);
    if (reason === undefined) kept.push(file);
    else left.push({ path, reason });
  }
  return { kept, left };
}

function reasonAgainst({ name, size }: FileFacts): Reason | undefined {
  const plain = name.toLowerCase();
  if (HIDDEN.has(plain) || plain.startsWith('.')) return 'hidden';
  if (DIRECTORY_RECORDS.has(plain)) return 'directory-record';
  if (NOT_IMAGES.test(plain)) return 'not-an-image';
  return size === 0 ? 'empty' : undefined;
}
