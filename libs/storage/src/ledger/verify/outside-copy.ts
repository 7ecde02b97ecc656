import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openNote,
  parseCheckpoint,
  splitNote,
  tilePath,
  tileWidth,
  TILE_WIDTH,
  type Checkpoint,
} from '@medserve/ledger';
import type { Queryable } from '../../database/database';
import type { LedgerState } from '../ledger-rows';
import { firstHarmed } from './harmed-copy';
import { firstDifference, readLeafTiles } from './leaf-tiles';
import type { Replay } from './replay';

type Replayed = Pick<Replay, 'rootAt' | 'keys' | 'findings' | 'retention'>;

/** A copy of a log that was kept outside: its checkpoint, and its tiles where it has them. */
export interface OutsideCopy {
  readonly note: string;
  /** Folder of an export; absent for a checkpoint alone. */
  readonly dir?: string;
}

/** The words of an operator's mistake; what else goes wrong with a file tells itself. */
const orMissing = <T>(found: Promise<T>, message: string): Promise<T> =>
  found.catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw code === 'ENOENT' || code === 'ENOTDIR' ? new Error(message, { cause }) : cause;
  });

/**
 * @param path of a folder that was exported earlier, or of a file with a checkpoint
 * @throws Error where there is neither
 */
export async function readOutsideCopy(path: string): Promise<OutsideCopy> {
  const found = await orMissing(stat(path), `${path} holds no export: there is no such file or folder`);
  if (!found.isDirectory()) return { note: await readFile(path, 'utf8') };
  const file = readFile(join(path, 'checkpoint'), 'utf8');
  return { note: await orMissing(file, `${path} holds no export: there is no file checkpoint in it`), dir: path };
}

/** Names the first entry that is another than in the copy, where the copy has tiles. */
async function firstOther(
  client: Queryable,
  tenant: string,
  { size }: Checkpoint,
  dir: string,
): Promise<number | undefined> {
  for (let begin = 0; begin < size; begin += TILE_WIDTH) {
    const place = { level: 0, index: begin / TILE_WIDTH };
    const width = tileWidth(size, place);
    const theirs = await readFile(join(dir, tilePath(place, width))).catch(() => undefined);
    if (theirs === undefined) continue;
    const ours = (await readLeafTiles(client, tenant, begin, begin + width)).get(place.index) ?? Buffer.alloc(0);
    const hashes = Array.from({ length: width }, (_, at) => theirs.subarray(at * 32, (at + 1) * 32));
    const at = firstDifference(hashes, ours.subarray(0, width * 32));
    if (at !== undefined) return begin + at;
  }
  return undefined;
}

/** What the copy claims, before anybody has looked at its signature. */
function claimOf(copy: OutsideCopy): Checkpoint | undefined {
  try {
    return parseCheckpoint(splitNote(copy.note).text);
  } catch {
    return undefined;
  }
}

const isSignedBy = (note: string, verifier: string): boolean => {
  try {
    return openNote(note, verifier) !== '';
  } catch {
    return false;
  }
};

/** Does the log begin with what stands outside, unchanged? It finds what no look at the database alone can find. */
export class OutsideCheck {
  private readonly claim: Checkpoint | undefined;

  constructor(private readonly copy: OutsideCopy) {
    this.claim = claimOf(copy);
  }

  /** Entries that the copy speaks of. */
  get size(): number {
    return this.claim?.size ?? 0;
  }

  async compare(client: Queryable, state: LedgerState, { rootAt, keys, findings, retention }: Replayed): Promise<void> {
    const { claim, copy } = this;
    if (claim === undefined || !keys.verifiers.some((verifier) => isSignedBy(copy.note, verifier))) {
      findings.note({ kind: 'copy', detail: 'The checkpoint of the copy is not signed by this log.' });
    } else if (claim.origin !== state.origin) {
      findings.note({ kind: 'copy', detail: 'The copy is of another log.' });
    } else if (claim.size > state.size) {
      const detail = 'The log is shorter than the copy outside: entries are missing at its end.';
      findings.note({ kind: 'copy', index: state.size, detail });
    } else if (rootAt.get(claim.size)?.equals(claim.root) === false) {
      const index = copy.dir === undefined ? undefined : await firstOther(client, state.tenant, claim, copy.dir);
      const detail = 'The log is another than the copy outside.';
      findings.note({ kind: 'copy', ...(index === undefined ? {} : { index }), detail });
    } else if (copy.dir !== undefined) {
      // The log is what was copied; what is kept of it may have been harmed since.
      // What retention took no copy has since; entries of other tenants are in none that was taken over HTTP.
      const mayLack = (begin: number, end: number): boolean =>
        begin < state.mixedUntil || retention.hasDeleted(begin, end);
      const index = await firstHarmed(copy.dir, claim, mayLack);
      const detail =
        'The copy outside is damaged: it is not, or not all, of what its own checkpoint says. A checkpoint that was kept alone is given as a file.';
      if (index !== undefined) findings.note({ kind: 'copy', index, detail });
    }
  }
}
