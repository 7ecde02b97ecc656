import {
  areEqual,
  AuthenticTiles,
  HinderedError,
  hexOf,
  openNote,
  parseCheckpoint,
  parseVerifierKey,
  ProofError,
  type Checkpoint,
  type LogMemory,
  type OpenedNote,
  type ReadFile,
  type VerifierKey,
} from './log';
import { take, type Tell } from './step';

/** What is read of a log; each throws ApiError. */
export interface LogSource {
  /** The newest signed note; undefined before the first one, with when to ask again. */
  readonly checkpoint: () => Promise<{ readonly note: string } | { readonly retryAfterMs: number }>;
  readonly key: () => Promise<string>;
  readonly file: ReadFile;
}

export interface LogParts {
  readonly source: LogSource;
  readonly memory: LogMemory;
  /** @throws what the signal was aborted with */
  readonly pause: (ms: number) => Promise<void>;
  readonly tell: Tell;
}

/** How long somebody waits for an entry to be signed: the log is signed once a minute. */
const PATIENCE_MS = 120_000;
const ASK_EVERY_MS = 5_000;

interface SignedHead {
  readonly key: VerifierKey;
  readonly note: OpenedNote;
  readonly checkpoint: Checkpoint;
}

/** Reads the newest checkpoint and the key of the log, and checks the one against the other. */
async function readHead({ source }: LogParts, note: string): Promise<SignedHead> {
  const key = await parseVerifierKey(await source.key());
  const opened = await openNote(note, key);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint.origin !== key.name)
    throw new ProofError({ kind: 'origin-differs', expected: key.name, found: checkpoint.origin });
  return { key, note: opened, checkpoint };
}

/** Asks until a checkpoint has more than `wanted` entries. @throws HinderedError `not-signed-yet` */
async function headOver(wanted: number, parts: LogParts): Promise<SignedHead> {
  for (let waitedMs = 0; ;) {
    const answer = await parts.source.checkpoint();
    const head = 'note' in answer ? await readHead(parts, answer.note) : undefined;
    if (head !== undefined && head.checkpoint.size > wanted) return head;
    const pauseMs = 'note' in answer ? ASK_EVERY_MS : answer.retryAfterMs;
    if (waitedMs + pauseMs > PATIENCE_MS) throw new HinderedError('not-signed-yet');
    const covered = head?.checkpoint.size ?? 0;
    parts.tell({ name: 'signature', verdict: 'running', waiting: { covered, wanted } });
    await parts.pause(pauseMs);
    waitedMs += pauseMs;
  }
}

/** Holds the log against what this browser remembers of it. @throws ProofError `log-shrunk`, `log-forked` */
async function checkContinuity({ key, checkpoint }: SignedHead, tiles: AuthenticTiles, memory: LogMemory) {
  const before = memory.recall(checkpoint.origin);
  if (before === undefined) return { verdict: 'unchecked', unchecked: 'first-visit' } as const;
  if (before.size > checkpoint.size)
    throw new ProofError({ kind: 'log-shrunk', before: before.size, now: checkpoint.size });
  if (!areEqual(await tiles.rootAt(before.size), before.root))
    throw new ProofError({ kind: 'log-forked', before: before.size, now: checkpoint.size });
  return before.key === key.text
    ? { before: before.size }
    : ({ before: before.size, verdict: 'unchecked', unchecked: 'other-key' } as const);
}

export interface OpenedLog {
  readonly checkpoint: Checkpoint;
  readonly tiles: AuthenticTiles;
}

/**
 * Opens a log for checks of what is in it: its newest checkpoint is signed, its tiles fold to the root, and it begins with what this
 * browser saw before. What was seen is remembered only when all of that holds.
 *
 * @param wanted a place in the log that the checkpoint has to cover
 * @throws StoppedError; HinderedError `not-signed-yet`, `no-webcrypto`; what the source throws
 */
export async function openLog(wanted: number, parts: LogParts): Promise<OpenedLog> {
  const { source, memory, tell } = parts;
  const head = await take(tell, { name: 'signature' }, async () => {
    const found = await headOver(wanted, parts);
    const log = { key: found.key, checkpoint: found.checkpoint, witnesses: found.note.witnesses };
    return [found, { log, ...(found.note.isVerified ? {} : { verdict: 'unchecked', unchecked: 'no-ed25519' }) }];
  });
  const { checkpoint, key, note } = head;
  const tiles = new AuthenticTiles(checkpoint, source.file);
  await take(tell, { name: 'root' }, async () => [undefined, { hash: hexOf(await tiles.rootAt(tiles.size)) }]);
  await take(tell, { name: 'continuity' }, async () => [undefined, await checkContinuity(head, tiles, memory)]);
  if (note.isVerified) memory.keep(checkpoint, key.text);
  return { checkpoint, tiles };
}
