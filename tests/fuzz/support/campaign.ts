import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Draw } from './draw';

/** Cases of a family are this many times as many as a landing runs: `MEDSERVE_FUZZ_FACTOR=30 npm run test:fuzz`. */
const FACTOR = Number(process.env['MEDSERVE_FUZZ_FACTOR'] ?? 1);
/** Another seed is another set of cases; the one that is told with a failure repeats it. */
const SEED = Number(process.env['MEDSERVE_FUZZ_SEED'] ?? 1);
const CONCURRENCY = 8;
const TOLD_FAILURES = 10;
const TELL_EVERY_MS = 10_000;

export interface Campaign<Case> {
  readonly family: string;
  /** On a landing. */
  readonly cases: number;
  readonly make: (draw: Draw, index: number) => Case;
  /** Says what is wrong with how the case went, or nothing; a rejection is wrong as well. */
  readonly run: (one: Case) => Promise<string | undefined>;
  /** The case as a file of `tests/fuzz/corpus` keeps it. */
  readonly describe: (one: Case) => object;
}

/** What came of a case, by how often: a campaign whose cases all end alike tests little. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(outcome: string): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
  }

  get kinds(): number {
    return this.counts.size;
  }

  toString(): string {
    return [...this.counts]
      .sort(([, one], [, other]) => other - one)
      .map(([outcome, count]) => `${outcome} ${String(count)}`)
      .join(', ');
  }
}

interface Failure {
  readonly what: string;
  readonly file: string;
}

/**
 * Runs the cases of a family, eight at a time, and writes every failure into a file that can be put into `tests/fuzz/corpus`,
 * where it is a test from then on.
 *
 * @returns what is wrong, told well; empty when nothing is
 */
export async function runCampaign<Case>(campaign: Campaign<Case>): Promise<string[]> {
  const { family, make, run, describe } = campaign;
  const total = Math.ceil(campaign.cases * FACTOR);
  const failures: Failure[] = [];
  let next = 0;
  let toldAt = Date.now();
  const worker = async (): Promise<void> => {
    while (next < total && failures.length < TOLD_FAILURES) {
      const index = next;
      next += 1;
      const one = make(new Draw(seedOf(family, index)), index);
      const wrong = await run(one).catch((error: unknown) => String(error));
      if (wrong !== undefined) failures.push({ what: wrong, file: keep(family, index, wrong, describe(one)) });
      if (Date.now() - toldAt > TELL_EVERY_MS) {
        toldAt = Date.now();
        process.stdout.write(`${family}: ${String(next)} of ${String(total)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return failures.map(({ what, file }) => `${what} (seed ${String(SEED)}; ${file})`);
}

const seedOf = (family: string, index: number): number =>
  createHash('sha256')
    .update(`${family}/${String(SEED)}/${String(index)}`)
    .digest()
    .readInt32LE();

function keep(family: string, index: number, reason: string, request: object): string {
  const folder = join(tmpdir(), 'medserve-fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${family}-${String(SEED)}-${String(index)}.json`);
  writeFileSync(file, `${JSON.stringify({ family, reason, ...request }, undefined, 2)}\n`);
  return file;
}
