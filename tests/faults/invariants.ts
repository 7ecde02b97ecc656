/**
 * What has to hold after every fault (reference: the invariants A1 to A5, L1 and M1 of the fault catalogue), asked of the
 * database, of `medserve audit verify`, and of what callers were told.
 */
import { createHash } from 'node:crypto';
import { withConnection } from '@medserve/storage';
import type { Reply } from '../support/caller';
import { until } from '../support/platform';

/** A platform, however it was started. */
export interface World {
  readonly databaseUrl: string;
  /** What `medserve audit verify --json` says. */
  readonly verify: () => Promise<unknown>;
}

interface Leaf {
  readonly request?: string;
  readonly event: string;
  readonly outputSha256?: string;
  readonly model?: { readonly digest: string };
}

const ENDINGS = ['completed', 'failed', 'cancelled', 'abandoned'];
/** A dead gateway's requests are swept after a grace, and what was sent and lost is sent again after 30 s: and a busy machine. */
const QUIET_WITHIN_MS = 90_000;

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Remembers what left the platform as an answer. */
export class Witness {
  private readonly answers = new Map<string, { readonly sha256: string; readonly digest: string | undefined }>();

  get ids(): readonly string[] {
    return [...this.answers.keys()];
  }

  /** Takes note of a reply when it is an answer. M1: the same id never comes with other bytes. */
  saw(reply: Reply | undefined): void {
    if (reply?.status !== 200) return;
    const id = String(reply.json['id']);
    const hash = sha256(reply.bytes);
    expect(this.answers.get(id)?.sha256 ?? hash).toBe(hash);
    const provenance = reply.json['provenance'] as { model?: { digest?: string } } | undefined;
    this.answers.set(id, { sha256: hash, digest: provenance?.model?.digest });
  }

  /** A2 and A3: each answer has a committed ending, with the hash of exactly these bytes and the digest of this model. */
  expectRecorded(ledger: ReadonlyMap<string, readonly Leaf[]>): void {
    for (const [id, told] of this.answers) {
      const ending = ledger.get(id)?.find(({ event }) => event !== 'accepted');
      expect([id, ending?.event, ending?.outputSha256]).toEqual([id, 'completed', told.sha256]);
      if (told.digest !== undefined) expect(ending?.model?.digest).toBe(told.digest);
    }
  }
}

export const rowsOf = <T extends object>(databaseUrl: string, text: string): Promise<T[]> =>
  withConnection(databaseUrl, async (sql) => (await sql.query<T>(text)).rows);

const countOf = async (databaseUrl: string, text: string): Promise<number> =>
  Number((await rowsOf<{ count: string }>(databaseUrl, text))[0]?.count);

/** Entries of the ledger about requests, in its order, by request. */
async function ledgerOf(databaseUrl: string): Promise<Map<string, Leaf[]>> {
  const text = `SELECT convert_from(leaf, 'UTF8') AS leaf FROM ledger_entry WHERE leaf IS NOT NULL ORDER BY index`;
  const leaves = (await rowsOf<{ leaf: string }>(databaseUrl, text)).map(({ leaf }) => JSON.parse(leaf) as Leaf);
  return Map.groupBy(
    leaves.filter(({ request }) => request !== undefined),
    ({ request }) => request ?? '',
  );
}

/** Waits for quiet (A5), then asks for A1 to A4. */
export async function expectInvariants({ databaseUrl, verify }: World, witness = new Witness()): Promise<void> {
  await until(
    'every request has ended and the outbox is empty (A1, A5)',
    async () =>
      (await countOf(databaseUrl, `SELECT count(*) FROM request WHERE status = 'accepted'`)) +
        (await countOf(databaseUrl, 'SELECT count(*) FROM outbox')) ===
      0,
    QUIET_WITHIN_MS,
  );
  expect(await verify()).toMatchObject({ problems: [], waiting: 0 });
  const ledger = await ledgerOf(databaseUrl);
  for (const [id, entries] of ledger) {
    // What was lost on the way and sent again comes later than what was sent after it.
    const endings = entries.map(({ event }) => event).filter((event) => event !== 'accepted');
    expect([id, entries.length, endings.length]).toEqual([id, 2, 1]);
    expect(ENDINGS).toContain(endings[0]);
  }
  const requests = await rowsOf<{ id: string }>(databaseUrl, 'SELECT id FROM request');
  expect(new Set(ledger.keys())).toEqual(new Set(requests.map(({ id }) => id)));
  witness.expectRecorded(ledger);
}

/** M1: the same key, the same id and the same bytes. */
export function expectSameAnswer(one: Reply, other: Reply): void {
  expect([one.status, other.status]).toEqual([200, 200]);
  expect(other.bytes.equals(one.bytes)).toBe(true);
}

/**
 * L1: whatever happens, it ends. The bound is far above deadline + margin, so that it tells of a hang and not of a busy machine.
 */
export async function ends<T>(what: string, work: Promise<T>, withinMs = 30_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} has not ended within ${String(withinMs / 1_000)} s`));
    }, withinMs);
  });
  try {
    return await Promise.race([work, hung]);
  } finally {
    clearTimeout(timer);
  }
}
