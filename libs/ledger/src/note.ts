import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

const ED25519 = Buffer.of(1);
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;

/** DER in front of the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The 32 bytes of an Ed25519 public key; of a private key, those that belong to it. */
export const rawPublicKey = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);

/** The first four bytes of SHA-256(name || 0x0A || algorithm || public key): C2SP signed-note. */
function keyId(name: string, publicKey: Buffer, algorithm: Buffer = ED25519): Buffer {
  const digest = createHash('sha256').update(name).update('\n').update(algorithm).update(publicKey).digest();
  return digest.subarray(0, KEY_ID_BYTES);
}

/** `<name>+<key id>+<base64 of 0x01 and the public key>`: what an outside verifier is given. */
export const verifierKey = (name: string, key: KeyObject): string => verifierKeyOf(name, rawPublicKey(key));

/**
 * @param publicKey the 32 bytes of an Ed25519 public key
 * @param algorithm 1 signs notes, 4 cosigns checkpoints
 */
export function verifierKeyOf(name: string, publicKey: Buffer, algorithm: Buffer = ED25519): string {
  const id = keyId(name, publicKey, algorithm).toString('hex');
  return `${name}+${id}+${Buffer.concat([algorithm, publicKey]).toString('base64')}`;
}

/** One signature line of a note, without its line feed. */
export function signatureLine(name: string, publicKey: Buffer, signature: Buffer, algorithm: Buffer = ED25519): string {
  return `— ${name} ${Buffer.concat([keyId(name, publicKey, algorithm), signature]).toString('base64')}`;
}

/**
 * Signs a text as a note: the text, an empty line, and one signature line.
 * @param text ends with a line feed
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const signature = sign(null, Buffer.from(text), privateKey);
  return `${text}\n${signatureLine(name, rawPublicKey(privateKey), signature)}\n`;
}

/** A verifier key, read. */
export interface Verifier {
  readonly name: string;
  /** Eight hex digits. */
  readonly id: string;
  readonly algorithm: number;
  readonly publicKey: Buffer;
}

/** @throws Error where it is damaged */
export function parseVerifierKey(verifier: string): Verifier {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(verifier.trim()) ?? [];
  const key = Buffer.from(encoded, 'base64');
  const [algorithm = 0, publicKey] = [key[0], key.subarray(1)];
  const digest = createHash('sha256').update(name).update('\n').update(key).digest();
  if (publicKey.length !== PUBLIC_KEY_BYTES || digest.subarray(0, KEY_ID_BYTES).toString('hex') !== id)
    throw new Error('The verifier key is damaged.');
  return { name, id, algorithm, publicKey };
}

/** One signature of a note: who made it, and the bytes behind the key's id. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Buffer;
}

/** C2SP signed-note, Format: no ASCII control character but the line feed. */
const CONTROL = /[\0-\x09\x0b-\x1f]/u;
/** A name has neither spaces nor a plus; the rest is padded base64 (RFC 4648, 4) and no other spelling. */
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

function signatureOf(line: string): NoteSignature {
  const [, name = '', blob = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = Buffer.from(blob, 'base64');
  if (bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== blob)
    throw new Error('The note has a line that is no signature.');
  return { name, id: bytes.subarray(0, KEY_ID_BYTES).toString('hex'), bytes: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * Takes a note apart, believing nothing (C2SP signed-note, Format).
 * @throws Error when it is malformed or has no signatures
 */
export function splitNote(note: string): { readonly text: string; readonly signatures: NoteSignature[] } {
  if (CONTROL.test(note)) throw new Error('The note has control characters.');
  const border = note.lastIndexOf('\n\n');
  if (border < 0 || border + 2 === note.length) throw new Error('The note has no signature.');
  if (!note.endsWith('\n')) throw new Error('The note is cut off.');
  return {
    text: note.slice(0, border + 1),
    signatures: note
      .slice(border + 2, -1)
      .split('\n')
      .map(signatureOf),
  };
}

export const ed25519Holds = (message: Buffer, publicKey: Buffer, signature: Buffer): boolean =>
  verify(
    null,
    message,
    createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }),
    signature,
  );

/**
 * Checks a signed note against verifier keys and gives its text. Signatures of other keys (witnesses) are passed over; one of a
 * known key that does not hold spoils the note (C2SP signed-note, Signatures).
 *
 * @param verifiers keys of which one has to have signed
 * @throws Error when no signature of these keys is there or one does not hold
 */
export function openNote(note: string, ...verifiers: readonly string[]): string {
  const keys = verifiers.map(parseVerifierKey);
  if (keys.some(({ algorithm }) => algorithm !== ED25519[0])) throw new Error('The verifier key is not one for logs.');
  const { text, signatures } = splitNote(note);
  let isSigned = false;
  for (const { name, id, bytes } of signatures) {
    const known = keys.find((key) => key.name === name && key.id === id);
    if (known === undefined) continue;
    if (!ed25519Holds(Buffer.from(text), known.publicKey, bytes))
      throw new Error('The signature of the note does not hold.');
    isSigned = true;
  }
  if (!isSigned) throw new Error('The note is not signed by this key.');
  return text;
}
