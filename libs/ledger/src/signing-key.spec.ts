import { mkdtempSync, rmSync } from 'node:fs';
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
});
