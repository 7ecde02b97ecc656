import { hash } from 'node:crypto';
import { hashOfSession } from './session-secret';
import { hashOfSignInCode, mintSignInCode } from './sign-in-code';

describe('a code that signs a browser in', () => {
  it('is found by its SHA-256, and by nothing that only looks like it', () => {
    const { code, hash: stored } = mintSignInCode();
    expect(stored).toEqual(hash('sha256', code, 'buffer'));
    expect(hashOfSignInCode(code)).toEqual(stored);
    for (const other of ['', 'msc_', code.slice(4), `${code}A`, code.replace('msc_', 'msk_'), ` ${code}`, `${code}\n`])
      expect(hashOfSignInCode(other)).toBeUndefined();
  });

  it('is another each time, and no secret of a session', () => {
    expect(mintSignInCode().code).not.toBe(mintSignInCode().code);
    expect(hashOfSession(mintSignInCode().code)).toBeUndefined();
  });
});
