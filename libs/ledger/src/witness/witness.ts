import type { KeyObject } from 'node:crypto';
import { provesConsistency, type SizedRoot } from '../check-proof';
import { parseCheckpoint } from '../checkpoint';
import { EMPTY_ROOT } from '../hashing';
import { openNote, parseVerifierKey } from '../note';
import { cosign } from './cosignature';

/** What a witness remembers: of each log, the newest checkpoint that it cosigned. */
export interface WitnessMemory {
  latest(origin: string): SizedRoot | undefined;
  /** Resolves when it is kept for good: only then is anything cosigned. */
  keep(origin: string, checkpoint: SizedRoot): Promise<void>;
}

export interface WitnessOptions {
  /** Such as `witness.example.org/ledger`. */
  readonly name: string;
  readonly key: KeyObject;
  /** Verifier keys of the logs that are watched. */
  readonly logs: readonly string[];
  readonly memory: WitnessMemory;
  readonly now?: () => Date;
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
}

const PLAIN = 'text/plain; charset=utf-8';
const SIZE = 'text/x.tlog.size';
const MOST_HASHES = 63;

const refuse = (status: 400 | 403 | 404 | 422, body: string): WitnessAnswer => ({
  status,
  contentType: PLAIN,
  body: `${body}\n`,
});
const conflict = (size: number): WitnessAnswer => ({ status: 409, contentType: SIZE, body: `${String(size)}\n` });

interface Submission {
  readonly older: number;
  readonly proof: readonly Buffer[];
  readonly note: string;
}

/** @returns undefined where it is not well formed */
function parseSubmission(body: string): Submission | undefined {
  const border = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, border).split('\n');
  const older = /^old (0|[1-9]\d{0,15})$/u.exec(first)?.[1];
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const isProof =
    proof.length <= MOST_HASHES &&
    proof.every((hash, at) => hash.length === 32 && hash.toString('base64') === lines[at]);
  if (border < 0 || older === undefined || !isProof) return undefined;
  return { older: Number(older), proof, note: body.slice(border + 2) };
}

/**
 * Watches other people's logs (C2SP tlog-witness): cosigns a checkpoint only when it is shown that the log begins with what was
 * cosigned before. One hospital can run it for another: who owns a log and its key still cannot rewrite it unseen.
 */
export class Witness {
  private readonly logs: ReadonlyMap<string, readonly string[]>;
  /** One at a time: looking and remembering must not be interleaved. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WitnessOptions) {
    const byOrigin = new Map<string, string[]>();
    for (const verifier of options.logs) {
      const { name } = parseVerifierKey(verifier);
      byOrigin.set(name, [...(byOrigin.get(name) ?? []), verifier]);
    }
    this.logs = byOrigin;
  }

  /** @param body of `POST add-checkpoint` */
  add(body: string): Promise<WitnessAnswer> {
    const answer = this.turn.then(() => this.judge(body));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private async judge(body: string): Promise<WitnessAnswer> {
    const submission = parseSubmission(body);
    if (submission === undefined) return refuse(400, 'The request is not well formed.');
    const { older, proof, note } = submission;
    const verifiers = this.logs.get(note.slice(0, note.indexOf('\n')));
    if (verifiers === undefined) return refuse(404, 'This log is not watched here.');
    const text = textSignedBy(note, verifiers);
    if (text === undefined)
      return refuse(403, 'The checkpoint is not signed by this log, or a signature does not hold.');
    const { memory, name, key, now = () => new Date() } = this.options;
    let checkpoint;
    try {
      checkpoint = parseCheckpoint(text);
    } catch {
      return refuse(400, 'The checkpoint is not well formed.');
    }
    if (older > checkpoint.size) return refuse(400, 'The old size is beyond the new one.');
    const latest = memory.latest(checkpoint.origin) ?? { size: 0, root: EMPTY_ROOT };
    if (latest.size !== older) return conflict(latest.size);
    // Of the same size with another root, too, and of none with any root but that of nothing (C2SP tlog-witness, add-checkpoint).
    if (!provesConsistency(latest, checkpoint, proof)) return refuse(422, 'The proof does not hold.');
    await memory.keep(checkpoint.origin, checkpoint);
    return { status: 200, contentType: PLAIN, body: `${cosign(text, name, key, now())}\n` };
  }
}

function textSignedBy(note: string, verifiers: readonly string[]): string | undefined {
  try {
    return openNote(note, ...verifiers);
  } catch {
    return undefined;
  }
}
