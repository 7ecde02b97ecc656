import { severalAtOnce } from './instance-files';

describe('several reads at once', () => {
  it('keep their order', async () => {
    const read = async (one: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, one % 3));
      return one * 2;
    };
    const all = Array.from({ length: 50 }, (_, at) => at);
    expect(await severalAtOnce(all, read)).toEqual(all.map((one) => one * 2));
  });

  it('begin no more when one has failed', async () => {
    let begun = 0;
    const read = async (): Promise<number> => {
      begun += 1;
      const mine = begun;
      await new Promise((resolve) => setImmediate(resolve));
      if (mine === 3) throw new Error('gone');
      return mine;
    };
    await expect(severalAtOnce(Array.from({ length: 400 }), read)).rejects.toThrow('gone');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toBeLessThan(20);
  });
});
