import {
  areEqual,
  bundlePath,
  entriesOf,
  fromHex,
  hexOf,
  leafHash,
  merklePath,
  ProofError,
  sha256,
  TILE_WIDTH,
  tileWidth,
  type Bytes,
  type ReadFile,
} from './log';
import { givenOut } from './given-out';
import { openLog, type LogParts, type OpenedLog } from './open-log';
import { StoppedError, take, type Tell, type Unchecked } from './step';

/** What the platform says of one entry about a request. */
export interface AuditRecord {
  readonly event: string;
  readonly at: string;
  /** Leaf hash (RFC 6962), in hex. */
  readonly hash: string;
  /** Place in the log. */
  readonly sequence: number;
  /** Name of that log; null: one from before the tenant had its own, which is not given out. */
  readonly log: string | null;
}

/** The bytes of an answer as the platform gives them out today, or why there are none. */
export type AnswerBytes = Bytes | Extract<Unchecked, 'answer-forbidden' | 'answer-gone'>;

/** An entry that is to be checked: what was told of it. */
export interface Claim extends Pick<AuditRecord, 'hash' | 'sequence'> {
  /** Whether the entry tells of what it was said to tell of. */
  readonly isOf: (entry: Readonly<Record<string, unknown>>) => boolean;
  /** Name of the log in which its place is; absent: the one that is read. */
  readonly log?: string | null;
  /** The answer that the entry may name; absent: none is looked for. */
  readonly answer?: () => Promise<AnswerBytes>;
}

/** The bytes of an entry, out of the bundle that holds it. */
async function readEntry(sequence: number, size: number, read: ReadFile): Promise<Bytes> {
  const index = Math.floor(sequence / TILE_WIDTH);
  const width = tileWidth(size, { level: 0, index });
  const path = bundlePath(index, width);
  return entriesOf(await read(path), width, path)[sequence % TILE_WIDTH] as Bytes;
}

function parsed(bytes: Bytes, sequence: number): Readonly<Record<string, unknown>> {
  try {
    const entry: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof entry === 'object' && entry !== null) return entry as Readonly<Record<string, unknown>>;
  } catch {
    // Told below: whatever it is, it is no entry of ours.
  }
  throw new ProofError({ kind: 'entry-unreadable', sequence });
}

interface SeenEntry {
  readonly leaf: Bytes;
  /** Undefined: it is not given out. */
  readonly entry: Readonly<Record<string, unknown>> | undefined;
}

async function checkEntry({ hash, sequence, isOf }: Claim, bytes: Bytes): Promise<SeenEntry> {
  const leaf = await leafHash(bytes);
  const found = hexOf(leaf);
  if (found !== hash) throw new ProofError({ kind: 'record-differs', sequence, expected: hash, found });
  const entry = parsed(bytes, sequence);
  if (!isOf(entry)) throw new ProofError({ kind: 'entry-of-another', sequence });
  return { leaf, entry };
}

/** Leads from the leaf to the root, and says how. @throws ProofError `leaf-differs`, `path-differs`, those of tiles */
async function checkPath(leaf: Bytes, sequence: number, { tiles, checkpoint }: OpenedLog) {
  const expected = await tiles.leaf(sequence);
  if (!areEqual(expected, leaf))
    throw new ProofError({ kind: 'leaf-differs', sequence, expected: hexOf(expected), found: hexOf(leaf) });
  const path = await merklePath(leaf, sequence, tiles);
  const root = path.at(-1)?.parent ?? leaf;
  if (!areEqual(root, checkpoint.root))
    throw new ProofError({ kind: 'path-differs', sequence, expected: hexOf(checkpoint.root), found: hexOf(root) });
  return path;
}

async function checkAnswer(named: unknown, answer: () => Promise<AnswerBytes>, sequence: number) {
  if (typeof named !== 'string') return { verdict: 'unchecked', unchecked: 'no-answer-named' } as const;
  const bytes = await answer();
  if (typeof bytes === 'string') return { verdict: 'unchecked', unchecked: bytes } as const;
  const found = hexOf(await sha256(bytes));
  if (found !== named) throw new ProofError({ kind: 'answer-differs', sequence, expected: named, found });
  return { hash: found };
}

const WITHHELD = { verdict: 'unchecked', unchecked: 'entry-withheld' } as const;

/** Checks one claim against an opened log. @throws StoppedError; what the source throws */
async function checkClaim(claim: Claim, log: OpenedLog, read: ReadFile, tell: Tell): Promise<void> {
  const { sequence, answer } = claim;
  if (claim.log !== undefined && claim.log !== log.checkpoint.origin) {
    tell({ name: 'entry', sequence, verdict: 'unchecked', unchecked: 'other-log' });
    return;
  }
  const { leaf, entry } = await take<SeenEntry>(tell, { name: 'entry', sequence }, async () => {
    const bytes = await givenOut(readEntry(sequence, log.tiles.size, read));
    // Its hash stands in the log all the same: that can be led to the root.
    if (bytes === undefined) return [{ leaf: fromHex(claim.hash), entry: undefined }, WITHHELD];
    const found = await checkEntry(claim, bytes);
    return [found, { hash: hexOf(found.leaf) }];
  });
  await take(tell, { name: 'path', sequence }, async () => [
    undefined,
    { hash: hexOf(log.checkpoint.root), path: await checkPath(leaf, sequence, log) },
  ]);
  if (answer === undefined) return;
  await take(tell, { name: 'answer', sequence }, async () => [
    undefined,
    entry === undefined ? WITHHELD : await checkAnswer(entry['outputSha256'], answer, sequence),
  ]);
}

/**
 * Checks what the platform says of entries, telling each step; one that fails does not keep the others from being looked at.
 *
 * @throws HinderedError `not-signed-yet`, `no-webcrypto`; what the sources throw
 */
export async function checkClaims(claims: readonly Claim[], parts: LogParts): Promise<void> {
  // A place in another log says nothing of how far this one has to reach.
  const wanted = Math.max(0, ...claims.map(({ sequence, log }) => (log === null ? 0 : sequence)));
  try {
    const log = await openLog(wanted, parts);
    for (const claim of claims) {
      await checkClaim(claim, log, parts.source.file, parts.tell).catch(ignoreTold);
    }
  } catch (error) {
    ignoreTold(error);
  }
}

function ignoreTold(error: unknown): void {
  if (!(error instanceof StoppedError)) throw error;
}

/** What is claimed of a request: that each of its records stands in the log, and that the last one names the answer. */
export const claimsOf = (
  requestId: string,
  records: readonly AuditRecord[],
  answer: () => Promise<AnswerBytes>,
): readonly Claim[] =>
  records.map(({ event, hash, sequence, log }) => ({
    ...{ hash, sequence, log },
    isOf: (entry) => entry['request'] === requestId && entry['event'] === event,
    ...(event === 'accepted' ? {} : { answer }),
  }));
