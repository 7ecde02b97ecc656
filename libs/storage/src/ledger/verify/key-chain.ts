import { decodeEvent, isRecordEvent } from '@medserve/events';
import { parseVerifierKey, splitNote, verifierKeyOf } from '@medserve/ledger';

interface Change {
  readonly index: number;
  readonly from: string;
  readonly to: string;
}

const PUBLIC_KEY = /^[0-9a-f]{64}$/u;

/**
 * Which key may sign a checkpoint. A log names the change of its key in an entry that the old key still signed for, so who trusts
 * one key of the chain can follow it to the others, and each key is good for a range of sizes only.
 */
export class KeyChain {
  private readonly changes: Change[] = [];
  /** Place in the chain of the key that signed last, and the size of that checkpoint. */
  private used: number | undefined;
  private usedAt = 0;

  constructor(
    private readonly origin: string,
    private readonly trusted: string,
  ) {}

  /** @param leaf an entry `signing_key_changed` */
  take(index: number, leaf: Buffer): void {
    const event = decodeEvent(leaf);
    const { from, to } = isRecordEvent(event) ? {} : (event.facts ?? {});
    if (typeof from === 'string' && typeof to === 'string' && PUBLIC_KEY.test(from) && PUBLIC_KEY.test(to))
      this.changes.push({ index, from, to });
  }

  /** The verifier key that a checkpoint of this size has to be signed under; asked in the order of sizes. */
  verifierAt(size: number, note: string): string {
    const keys = this.keys();
    if (keys === undefined) return this.trusted;
    const known = this.changes.filter(({ index }) => index < size).length;
    const oldest = Math.max(this.used ?? 0, known - 1, 0);
    const isSwitchSigned = (this.changes[known - 1]?.index ?? -1) < this.usedAt;
    const newest = known === oldest || (this.used !== undefined && isSwitchSigned) ? known : oldest;
    const signers = signersOf(note);
    for (let at = newest; at >= oldest; at -= 1) {
      const verifier = keys[at];
      if (verifier === undefined || !signers.has(parseVerifierKey(verifier).id)) continue;
      [this.used, this.usedAt] = [at, size];
      return verifier;
    }
    return keys[newest] ?? this.trusted;
  }

  /** Every key that may have signed for this log at some size. */
  get verifiers(): readonly string[] {
    return this.keys() ?? [this.trusted];
  }

  /** All keys of this log in their order; undefined where it never changed, or the trusted one is none of them. */
  private keys(): string[] | undefined {
    const [first] = this.changes;
    if (first === undefined) return undefined;
    const row = [first.from];
    for (const { from, to } of this.changes) {
      if (from !== row.at(-1)) return undefined;
      row.push(to);
    }
    const verifiers = row.map((key) => verifierKeyOf(this.origin, Buffer.from(key, 'hex')));
    return verifiers.includes(this.trusted.trim()) ? verifiers : undefined;
  }
}

function signersOf(note: string): ReadonlySet<string> {
  try {
    return new Set(splitNote(note).signatures.map(({ id }) => id));
  } catch {
    return new Set();
  }
}
