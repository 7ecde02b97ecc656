import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointText, parseCheckpoint } from './checkpoint';
import { leafHash } from './hashing';
import { openNote, signNote, verifierKey } from './note';
import { loadSigningKey } from './signing-key';

describe('signed notes', () => {
  // Key, signature and text of the example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
  const VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const NOTE = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  it('opens the note that the Go implementation signed', () => {
    expect(openNote(NOTE, VERIFIER)).toBe(TEXT);
  });

  it('does not open a note with a changed text', () => {
    expect(() => openNote(NOTE.replace('answer', 'Answer'), VERIFIER)).toThrow('does not hold');
  });

  it('opens what it signed, beside signatures of others, and with no other key', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const text = checkpointText({ origin: 'medserve/test', size: 3, root: leafHash(Buffer.from('x')) });
    const note = signNote(text, 'medserve/test', privateKey) + '— witness AAAAAAAA\n';
    const verifier = verifierKey('medserve/test', privateKey);
    expect(openNote(note, verifier)).toBe(text);
    const other = verifierKey('medserve/test', generateKeyPairSync('ed25519').privateKey);
    expect(() => openNote(note, other)).toThrow('not signed by this key');
  });

  // Each is malformed to golang.org/x/mod/sumdb/note.Open, too.
  it.each<[string, string]>([
    ['is cut off', NOTE.slice(0, -1)],
    ['has Windows line ends in its signatures', NOTE.replace(/\n$/, '\r\n')],
    ['has a line that is no signature', `${NOTE}anybody\n`],
    ['has a signature of no key', `${NOTE}— witness AAAA\n`],
    ['has a name with a plus', `${NOTE}— wit+ness AAAAAAAA\n`],
    ['has base64 of another alphabet', `${NOTE}— witness AAAA-_AA\n`],
    ['has base64 without padding', `${NOTE}— witness AAAAAAA\n`],
    ['has a control character', NOTE.replace('answer', 'ans\twer')],
    ['has text behind its signatures', `${NOTE}\n`],
  ])('does not open a note that %s', (_, note) => {
    expect(() => openNote(note, VERIFIER)).toThrow(/^The note /);
  });

  it('does not open a note with a second signature of the key that does not hold', () => {
    const [, line = ''] = /\n\n(.*\n)/su.exec(NOTE) ?? [];
    expect(openNote(NOTE + line, VERIFIER)).toBe(TEXT);
    expect(() => openNote(NOTE + line.replace('BtiF', 'BtiG'), VERIFIER)).toThrow('does not hold');
  });

  it('makes the verifier key of a private key as the Go implementation does', () => {
    // The seed behind PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz of the same example.
    const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    expect(verifierKey('PeterNeumann', createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))).toBe(VERIFIER);
  });
});

describe('checkpoints', () => {
  it('are read back as written', () => {
    const checkpoint = { origin: 'medserve/test', size: 70_000, root: leafHash(Buffer.from('x')) };
    expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
  });

  it('may have lines of their log below', () => {
    const text = checkpointText({ origin: 'medserve/test', size: 1, root: leafHash(Buffer.from('x')) });
    expect(parseCheckpoint(`${text}more\n`).size).toBe(1);
  });

  const ROOT = leafHash(Buffer.from('x')).toString('base64');
  it.each([
    '',
    'o\n-1\nAA==\n',
    'o\n1\nAA==\n',
    'o\n01\n',
    `o\n1\n${ROOT}`,
    `o\n1\n${ROOT}\n\n`,
    `o\n1\n${ROOT}\n\nmore\n`,
    `o\n9007199254740993\n${ROOT}\n`,
  ])('are refused when not well formed: %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(SyntaxError);
  });
});

describe('loadSigningKey', () => {
  it('makes the key once, for its owner alone, and then gives the same one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-key-'));
    const file = join(folder, 'keys', 'ledger.pem');
    try {
      const [first, second] = [loadSigningKey(file), loadSigningKey(file)];
      expect(verifierKey('a', second)).toBe(verifierKey('a', first));
      expect(statSync(file).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
