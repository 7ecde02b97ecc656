import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNextKey, signingKeysIn } from './signing-key';

describe('signing keys in a file', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'medserve-keys-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('are the same for a recorder that stood by while another one handed over to the next key', () => {
    const file = join(dir, 'ledger');
    const [seated, standby] = [signingKeysIn(file), signingKeysIn(file)];
    const old = standby.current();
    const next = makeNextKey(file);
    seated.turn();
    expect(old.equals(next)).toBe(false);
    expect(standby.current().equals(next)).toBe(true);
    expect(standby.next()).toBeUndefined();
  });

  it.each(['ledger', 'ledger.next'])('are Ed25519: no other is signed with, nor handed over to (%s)', (name) => {
    const file = join(dir, 'ledger');
    const keys = signingKeysIn(file);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(dir, name), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const refusal = `${name} is no Ed25519 key`;
    if (name === 'ledger') {
      expect(() => keys.current()).toThrow(refusal);
      expect(() => signingKeysIn(file)).toThrow(refusal);
    } else expect(() => keys.next()).toThrow(refusal);
  });
});
