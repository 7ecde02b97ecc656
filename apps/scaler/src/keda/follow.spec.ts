import { follow } from './follow';

/** Changes that a test makes, and how many follow them. */
class Changes {
  readonly listeners = new Set<() => void>();

  readonly onChange = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  change(): void {
    for (const listener of this.listeners) listener();
  }
}

describe('a stream that follows the decisions', () => {
  it('looks at once, and once more after changes during a look, until the signal', async () => {
    const changes = new Changes();
    const ending = new AbortController();
    let looks = 0;
    const followed = follow(changes, ending.signal, () => {
      looks += 1;
      if (looks === 1) for (let times = 0; times < 3; times += 1) changes.change();
      if (looks === 2) ending.abort();
      return Promise.resolve();
    });
    await followed;
    expect(looks).toBe(2);
    expect(changes.listeners.size).toBe(0);
  });

  it('leaves no listener behind when it fails: KEDA comes back for ever', async () => {
    const changes = new Changes();
    const { signal } = new AbortController();
    let listeners = 0;
    jest.spyOn(signal, 'addEventListener').mockImplementation(() => {
      listeners += 1;
    });
    jest.spyOn(signal, 'removeEventListener').mockImplementation(() => {
      listeners -= 1;
    });
    await expect(follow(changes, signal, () => Promise.reject(new Error('no such pool')))).rejects.toThrow('no such');
    expect(listeners).toBe(0);
    expect(changes.listeners.size).toBe(0);
  });
});
