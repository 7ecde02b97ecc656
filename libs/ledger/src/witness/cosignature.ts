import { sign, type KeyObject } from 'node:crypto';
import { ed25519Holds, parseVerifierKey, rawPublicKey, signatureLine, splitNote, verifierKeyOf } from '../note';

/** C2SP tlog-cosignature, Ed25519: the algorithm's byte in key ids and verifier keys. */
const COSIGNATURE = Buffer.of(4);
const TIME_BYTES = 8;
const LAST_SECOND = 2n ** 63n - 1n;

/** What is signed: when, and the whole text of the checkpoint. */
const messageOf = (text: string, seconds: bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${String(seconds)}\n${text}`);

/** The key by which others check a witness. */
export const witnessKey = (name: string, key: KeyObject): string => verifierKeyOf(name, rawPublicKey(key), COSIGNATURE);

/**
 * A witness's line under a checkpoint, without its line feed: it saw this log grow to this, and never be another.
 *
 * @param text of the checkpoint, up to its last line feed before the signatures
 */
export function cosign(text: string, name: string, key: KeyObject, now: Date): string {
  const seconds = BigInt(Math.floor(now.getTime() / 1000));
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(seconds);
  const signature = Buffer.concat([time, sign(null, messageOf(text, seconds), key)]);
  return signatureLine(name, rawPublicKey(key), signature, COSIGNATURE);
}

export interface Cosignature {
  /** Name of the witness. */
  readonly witness: string;
  readonly at: Date;
  /** As it stands under the checkpoint, without its line feed. */
  readonly line: string;
}

/**
 * Finds a witness's cosignature under a checkpoint and checks it. Lines of unknown keys are passed over.
 *
 * @param verifier the witness's key, of the algorithm 4
 * @returns undefined where there is none that holds
 */
export function cosignatureOf(note: string, verifier: string): Cosignature | undefined {
  const { name, id, algorithm, publicKey } = parseVerifierKey(verifier);
  if (algorithm !== COSIGNATURE[0]) throw new Error('The verifier key is not one for witnesses.');
  const { text, signatures } = splitNote(note);
  for (const { bytes, ...signer } of signatures) {
    if (signer.name !== name || signer.id !== id || bytes.length <= TIME_BYTES) continue;
    const seconds = bytes.readBigUInt64BE();
    // A witness that does not say when says less than that this was the newest (C2SP tlog-witness, add-checkpoint).
    if (seconds === 0n || seconds > LAST_SECOND) continue;
    if (!ed25519Holds(messageOf(text, seconds), publicKey, bytes.subarray(TIME_BYTES))) continue;
    const line = signatureLine(name, publicKey, bytes, COSIGNATURE);
    return { witness: name, at: new Date(Number(seconds) * 1000), line };
  }
  return undefined;
}
