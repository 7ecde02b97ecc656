import { KeptTrying } from './kept-trying';

describe('KeptTrying', () => {
  it('tries until the thing is made', async () => {
    let tries = 0;
    const failures: unknown[] = [];
    const kept = new KeptTrying(
      () => (++tries < 3 ? Promise.reject(new Error(`no ${String(tries)}`)) : Promise.resolve('made')),
      {
        pauseMs: 0,
        onFailure: (error) => failures.push(error),
      },
    );
    expect(await kept.made).toBe('made');
    expect(failures).toHaveLength(2);
    expect(await kept.stop()).toBe('made');
  });

  it('tries no more once nobody wants it', async () => {
    let tries = 0;
    const kept = new KeptTrying<string>(() => Promise.reject(new Error(String(++tries))), {
      pauseMs: 60_000,
      onFailure: () => undefined,
    });
    expect(await kept.stop()).toBeUndefined();
    expect(tries).toBe(1);
  });
});
