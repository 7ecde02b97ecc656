import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { keyIdOf, seal, SEAL_BYTES, unseal, type DataKey } from './sealed';

const dataKey = (): DataKey => ({ id: randomUUID(), key: createSecretKey(randomBytes(32)) });
const PLACE = { tenant: 'north', request: '01890000-0000-7000-8000-000000000001' };
const KEY = dataKey();

describe('sealed bytes', () => {
  it('open to what was sealed, and name their key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        const sealed = seal(Buffer.from(bytes), KEY, PLACE);
        expect(sealed).toHaveLength(bytes.length + SEAL_BYTES);
        expect(keyIdOf(sealed)).toBe(KEY.id);
        expect(unseal(sealed, KEY.key, PLACE).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('do not show what they hold, and are others each time', () => {
    const plain = Buffer.from('{"answer":"pneumonia"}');
    const sealed = seal(plain, KEY, PLACE);
    expect(sealed.includes('pneumonia')).toBe(false);
    expect(seal(plain, KEY, PLACE).equals(sealed)).toBe(false);
  });

  it('do not open with another key, in another tenant or for another request', () => {
    const sealed = seal(Buffer.from('x'), KEY, PLACE);
    expect(() => unseal(sealed, dataKey().key, PLACE)).toThrow();
    expect(() => unseal(sealed, KEY.key, { ...PLACE, tenant: 'south' })).toThrow();
    expect(() => unseal(sealed, KEY.key, { ...PLACE, request: randomUUID() })).toThrow();
  });

  it('do not open once any byte of them was changed', () => {
    const sealed = seal(Buffer.from('x'), KEY, PLACE);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      expect(() => unseal(changed, KEY.key, PLACE)).toThrow();
    }
  });

  it('are told from plain ones, and from sealed ones that were cut short', () => {
    for (const plain of ['', '{}', '\u00fe\u004d\u0053\u0001']) expect(keyIdOf(Buffer.from(plain))).toBeUndefined();
    expect(() => keyIdOf(seal(Buffer.alloc(0), KEY, PLACE).subarray(0, -1))).toThrow(/short/);
  });
});
