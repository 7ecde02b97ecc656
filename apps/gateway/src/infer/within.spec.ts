import { within } from './within';

const forever = new Promise<never>(() => undefined);

describe('within', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives what comes in time, and leaves no timer behind', async () => {
    await expect(within(Promise.resolve('answer'), 1_000)).resolves.toBe('answer');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up when the time is over, and at once where there is none', async () => {
    const late = within(forever, 1_000);
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(late).resolves.toBeUndefined();
    await expect(within(Promise.resolve('answer'), 0)).resolves.toBeUndefined();
  });

  it('fails as what it waited for', async () => {
    await expect(within(Promise.reject(new Error('gone')), 1_000)).rejects.toThrow('gone');
    expect(jest.getTimerCount()).toBe(0);
  });
});
