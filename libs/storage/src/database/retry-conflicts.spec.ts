import { DatabaseError } from 'pg';
import { retryConflicts } from './retry-conflicts';

const failure = (code: string): DatabaseError => {
  const error = new DatabaseError('lost', 4, 'error');
  error.code = code;
  return error;
};

/** Fails with these, one after the other, and then succeeds. */
const failing = (codes: readonly string[]) => {
  const left = [...codes];
  return jest.fn(() => {
    const code = left.shift();
    return code === undefined ? Promise.resolve('done') : Promise.reject(failure(code));
  });
};

describe('work that conflicts with other work', () => {
  const pauses: number[] = [];
  const clock = {
    random: () => 0.5,
    pause: (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  beforeEach(() => pauses.splice(0));

  it('is done again after a serialization failure and a deadlock, each time after a longer pause', async () => {
    expect(await retryConflicts(failing(['40001', '40P01', '40001']), clock)).toBe('done');
    expect(pauses).toEqual([5, 10, 20]);
  });

  it('fails with the last conflict when it loses four times', async () => {
    const work = failing(['40P01', '40P01', '40P01', '40001', '40P01']);
    await expect(retryConflicts(work, clock)).rejects.toMatchObject({ code: '40001' });
    expect(work).toHaveBeenCalledTimes(4);
  });

  it('is not done again after any other failure', async () => {
    const work = failing(['23505', '40001']);
    await expect(retryConflicts(work, clock)).rejects.toMatchObject({ code: '23505' });
    expect(work).toHaveBeenCalledTimes(1);
  });
});
