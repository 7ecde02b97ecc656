import { generateKeyPairSync } from 'node:crypto';
import { signNote, verifierKey } from '@medserve/ledger';
import { openNote, parseVerifierKey, splitNote } from './note';

// Key, signature and text of the example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
const KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const NOTE = `${TEXT}\n${SIGNATURE}`;
const WITNESS = '— witness.example/w AAAAAAAAAAAA\n';

const faultOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error as { fault?: unknown }).fault,
  );

describe('openNote', () => {
  it('opens the note that the Go implementation signed', async () => {
    const opened = await openNote(NOTE, await parseVerifierKey(KEY));
    expect(opened).toMatchObject({ text: TEXT, isVerified: true, witnesses: [] });
  });

  it('names the witnesses beside the signature, in whatever order they stand', async () => {
    const key = await parseVerifierKey(`${KEY}\n`);
    for (const note of [`${TEXT}\n${WITNESS}${SIGNATURE}`, `${TEXT}\n${SIGNATURE}${WITNESS}`])
      expect((await openNote(note, key)).witnesses).toEqual(['witness.example/w']);
  });

  it('opens what libs/ledger signs, texts with empty lines too', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const text = 'one\n\nthree\n';
    const opened = await openNote(
      signNote(text, 'a/b', privateKey),
      await parseVerifierKey(verifierKey('a/b', privateKey)),
    );
    expect(opened).toMatchObject({ text, isVerified: true });
  });

  it('finds a signature wrong when a bit of the text or of the signature is another', async () => {
    const key = await parseVerifierKey(KEY);
    const wrong = { kind: 'signature-wrong', name: 'PeterNeumann' };
    expect(await faultOf(openNote(NOTE.replace('answer', 'Answer'), key))).toEqual(wrong);
    expect(await faultOf(openNote(NOTE.replace('RyyBw', 'RyyBx'), key))).toEqual(wrong);
  });

  it('says that it is not signed by a key of the same name but another public half', async () => {
    const other = verifierKey('PeterNeumann', generateKeyPairSync('ed25519').privateKey);
    expect(await faultOf(openNote(NOTE, await parseVerifierKey(other)))).toEqual({
      kind: 'signature-missing',
      name: 'PeterNeumann',
    });
  });

  it('does not call a note checked where the browser has no Ed25519', async () => {
    const { subtle } = globalThis.crypto;
    const importKey = jest.spyOn(subtle, 'importKey').mockRejectedValue(new DOMException('', 'NotSupportedError'));
    try {
      expect(await openNote(NOTE, await parseVerifierKey(KEY))).toMatchObject({ isVerified: false });
    } finally {
      importKey.mockRestore();
    }
  });
});

describe('parseVerifierKey', () => {
  it.each([
    '',
    'PeterNeumann',
    KEY.replace('c74f20a3', 'c74f20a4'),
    KEY.replace('PeterNeumann', 'PeterNeuman'),
    KEY.replace('ARpc', 'ARpd'),
    KEY.slice(0, -4),
    // A cosigner's key (algorithm 4) signs no log.
    KEY.replace('+ARpc', '+BBpc'),
  ])('refuses %j', async (text) => {
    expect(await faultOf(parseVerifierKey(text))).toEqual({ kind: 'key-malformed' });
  });
});

describe('splitNote', () => {
  it.each([
    '',
    TEXT,
    `${TEXT}\n`,
    NOTE.slice(0, -1),
    `${NOTE}\n`,
    `${TEXT}\nno signature\n`,
    `${TEXT}\n— a AAAA\n`,
    `${TEXT}\n— a b!\n`,
  ])('refuses %j', (note) => {
    expect(() => splitNote(note)).toThrow(expect.objectContaining({ fault: { kind: 'note-malformed' } }) as Error);
  });
});
