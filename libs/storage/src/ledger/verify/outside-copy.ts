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

type Replayed = Pick<Replay, 'rootAt' | 'keys' | 'findings'>;

/** A copy of a log that was kept outside: its checkpoint, and its tiles where it has them. */
export interface OutsideCopy {
  readonly note: string;
  /** Folder of an export; absent for a checkpoint alone. */
  readonly dir?: string;
}

/** @param path of a folder that was exported earlier, or of a file with a checkpoint */
export async function readOutsideCopy(path: string): Promise<OutsideCopy> {
  if (!(await stat(path)).isDirectory()) return { note: await readFile(path, 'utf8') };
  return { note: await readFile(join(path, 'checkpoint'), 'utf8'), dir: path };
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

  async compare(client: Queryable, state: LedgerState, { rootAt, keys, findings }: Replayed): Promise<void> {
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
      const index = await firstHarmed(copy.dir, claim);
      const detail = 'The copy outside is damaged: it is not what its own checkpoint says.';
      if (index !== undefined) findings.note({ kind: 'copy', index, detail });
    }
  }
}
