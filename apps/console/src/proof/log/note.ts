import { fromBase64, hexOf, joined, utf8, type Bytes } from './bytes';
import { sha256, webCrypto } from './hashing';
import { ProofError } from './proof-error';

/** Signs notes; witnesses cosign with others (C2SP signed-note, signature types). */
const ED25519 = 1;
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;

/** A key that notes are checked against: `<name>+<id>+<base64 of the algorithm's byte and the public key>`. */
export interface VerifierKey {
  readonly text: string;
  readonly name: string;
  /** Eight hex digits: the first bytes of SHA-256(name || 0x0A || algorithm || public key). */
  readonly id: string;
  readonly publicKey: Bytes;
}

/** @throws ProofError `key-malformed` */
export async function parseVerifierKey(text: string): Promise<VerifierKey> {
  const line = text.trim();
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(line) ?? [];
  const key = fromBase64(encoded);
  if (key?.length !== 1 + PUBLIC_KEY_BYTES || key[0] !== ED25519) throw new ProofError({ kind: 'key-malformed' });
  const digest = await sha256(joined([utf8(`${name}\n`), key]));
  if (hexOf(digest.subarray(0, KEY_ID_BYTES)) !== id) throw new ProofError({ kind: 'key-malformed' });
  return { text: line, name, id, publicKey: key.subarray(1) };
}

export interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. */
  readonly id: string;
  readonly bytes: Bytes;
}

export interface Note {
  /** What is signed: every line of it with its line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Takes a note apart, believing nothing (C2SP signed-note). @throws ProofError `note-malformed` */
export function splitNote(note: string): Note {
  const border = note.lastIndexOf('\n\n');
  const lines = note.slice(border + 2).split('\n');
  if (border < 0 || lines.pop() !== '' || lines.length === 0) throw new ProofError({ kind: 'note-malformed' });
  const signatures = lines.map((line): NoteSignature => {
    const [, name, encoded = ''] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const blob = fromBase64(encoded);
    if (name === undefined || blob === undefined || blob.length <= KEY_ID_BYTES)
      throw new ProofError({ kind: 'note-malformed' });
    return { name, id: hexOf(blob.subarray(0, KEY_ID_BYTES)), bytes: blob.subarray(KEY_ID_BYTES) };
  });
  return { text: note.slice(0, border + 1), signatures };
}

/** Whether it holds; undefined where the browser has no Ed25519 (WebCrypto got it late: Chromium 137, Firefox 129, Safari 17). */
async function ed25519Holds(message: Bytes, key: Bytes, signature: Bytes): Promise<boolean | undefined> {
  const subtle = webCrypto();
  try {
    const imported = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
    return await subtle.verify({ name: 'Ed25519' }, imported, signature, message);
  } catch (error) {
    if ((error as Partial<DOMException>).name === 'NotSupportedError') return undefined;
    // The bytes are no point of the curve: nothing is signed by that.
    return false;
  }
}

export interface OpenedNote extends Note {
  /** False: this browser has no Ed25519, and nothing is known of the signature. */
  readonly isVerified: boolean;
  /** Names in the signatures of others: they are not checked here. */
  readonly witnesses: readonly string[];
}

/**
 * Checks a note against the key of its log.
 *
 * @throws ProofError `note-malformed`, `signature-missing`, `signature-wrong`
 */
export async function openNote(note: string, { name, id, publicKey }: VerifierKey): Promise<OpenedNote> {
  const { text, signatures } = splitNote(note);
  const isOwn = (signature: NoteSignature): boolean => signature.name === name && signature.id === id;
  const own = signatures.find(isOwn);
  if (own === undefined) throw new ProofError({ kind: 'signature-missing', name });
  const holds = await ed25519Holds(utf8(text), publicKey, own.bytes);
  if (holds === false) throw new ProofError({ kind: 'signature-wrong', name });
  const witnesses = signatures.filter((signature) => !isOwn(signature)).map((signature) => signature.name);
  return { text, signatures, isVerified: holds === true, witnesses };
}
