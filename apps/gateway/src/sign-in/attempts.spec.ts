import { Attempts, ATTEMPTS } from './attempts';

function setUp() {
  const clock = { ms: 5_000 };
  return { attempts: new Attempts(() => clock.ms), clock };
}

const REFUSED = expect.objectContaining({ reason: 'quota_exceeded' }) as Error;

describe('attempts to sign in', () => {
  it('are bounded for an address, until the minute is over', () => {
    const { attempts, clock } = setUp();
    for (let count = 0; count < ATTEMPTS.ofAddress; count += 1) attempts.enter('a');
    clock.ms += 15_000;
    expect(() => attempts.enter('a')).toThrow(expect.objectContaining({ retryAfterMs: 45_000 }) as Error);
    expect(() => attempts.enter('b')).not.toThrow();
    clock.ms += 45_000;
    expect(() => attempts.enter('a')).not.toThrow();
  });

  it('that succeed count for nothing, however many people share an address', () => {
    const { attempts } = setUp();
    for (let count = 0; count < 10 * ATTEMPTS.ofAll; count += 1) attempts.enter('a')();
    expect(() => attempts.enter('a')).not.toThrow();
  });

  it('are bounded in all, from however many addresses', () => {
    const { attempts } = setUp();
    for (let count = 0; count < ATTEMPTS.ofAll; count += 1) attempts.enter(String(count));
    expect(() => attempts.enter('another')).toThrow(REFUSED);
  });

  it('of the minute before are not taken back from this one', () => {
    const { attempts, clock } = setUp();
    const takeBack = attempts.enter('a');
    clock.ms += 60_000;
    for (let count = 0; count < ATTEMPTS.ofAddress; count += 1) attempts.enter('a');
    takeBack();
    expect(() => attempts.enter('a')).toThrow(REFUSED);
  });
});
