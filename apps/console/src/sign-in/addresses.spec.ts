import { codeOfFragment } from './fragment-code';
import { providerAddress } from './session-calls';
import { returnPath, troubleOf } from './trouble';

describe('what an address says to the page', () => {
  it('may be a code that signs in, whole and alone; never a key', () => {
    expect(codeOfFragment('#code=msc_abc-DEF_1')).toBe('msc_abc-DEF_1');
    const long = `#code=msc_${'a'.repeat(300)}`;
    for (const other of ['', '#code=', '#code=abc', '#code=msc_a&x=1', '#code=msc_<script>', '#key=msk_a', long])
      expect(codeOfFragment(other)).toBeUndefined();
  });

  it('may be why a sign-in failed, in one of the known words', () => {
    expect(troubleOf('#trouble=no-rights')).toBe('no-rights');
    for (const other of ['', '#trouble=', '#trouble=<b>', '#trouble=constructor'])
      expect(troubleOf(other)).toBeUndefined();
  });

  it('names the page to come back to, and never the form', () => {
    expect(returnPath('/models/x')).toBe('/models/x');
    expect(returnPath('/sign-in')).toBe('/');
    expect(providerAddress('a/b', '/models')).toBe('/v1/sign-in/oidc/a%2Fb?returnTo=%2Fmodels');
  });
});
