import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

const ED25519 = Buffer.of(1);
const KEY_ID_BYTES = 4;

/** DER in front of the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const rawPublicKey = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);

/** The first four bytes of SHA-256(name || 0x0A || 0x01 || public key): C2SP signed-note. */
function keyId(name: string, publicKey: Buffer): Buffer {
  const digest = createHash('sha256').update(name).update('\n').update(ED25519).update(publicKey).digest();
  return digest.subarray(0, KEY_ID_BYTES);
}

/** A key's name has no spaces and no plus (C2SP signed-note). */
export const isKeyName = (name: string): boolean => /^[^\s+]+$/u.test(name);

/** `<name>+<key id>+<base64 of 0x01 and the public key>`: what an outside verifier is given. */
export function verifierKey(name: string, key: KeyObject): string {
  const publicKey = rawPublicKey(key);
  return `${name}+${keyId(name, publicKey).toString('hex')}+${Buffer.concat([ED25519, publicKey]).toString('base64')}`;
}

/**
 * Signs a text as a note: the text, an empty line, and one signature line.
 * @param text ends with a line feed
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const signature = sign(null, Buffer.from(text), privateKey);
  const blob = Buffer.concat([keyId(name, rawPublicKey(privateKey)), signature]);
  return `${text}\n— ${name} ${blob.toString('base64')}\n`;
}

/**
 * Checks a signed note against a verifier key and gives its text. Signatures of other keys (witnesses) are passed over.
 * @throws Error when no signature of this key is there or it does not hold
 */
export function openNote(note: string, verifier: string): string {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(verifier.trim()) ?? [];
  const key = Buffer.from(encoded, 'base64');
  const publicKey = key.subarray(1);
  if (key[0] !== ED25519[0] || keyId(name, publicKey).toString('hex') !== id)
    throw new Error('The verifier key is damaged.');
  const border = note.lastIndexOf('\n\n');
  if (border < 0) throw new Error('The note has no signature.');
  const text = note.slice(0, border + 1);
  const spki = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  for (const line of note.slice(border + 2).split('\n')) {
    const [, signer, blob] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
    if (signer !== name || blob === undefined) continue;
    const bytes = Buffer.from(blob, 'base64');
    if (bytes.subarray(0, KEY_ID_BYTES).toString('hex') !== id) continue;
    if (verify(null, Buffer.from(text), spki, bytes.subarray(KEY_ID_BYTES))) return text;
    throw new Error('The signature of the note does not hold.');
  }
  throw new Error('The note is not signed by this key.');
}
