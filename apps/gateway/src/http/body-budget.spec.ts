import { BodyBudget, announcedBytes } from './body-budget';

describe('BodyBudget', () => {
  it('refuses what does not fit any more, naming the limit, and takes it once there is room', () => {
    const budget = new BodyBudget(100);
    const giveBack = budget.take(60);
    expect(() => budget.take(41)).toThrow(
      expect.objectContaining({ reason: 'overloaded', limit: 'bodies in flight: 100 bytes' }) as Error,
    );
    budget.take(40);
    giveBack();
    giveBack();
    budget.take(60);
    expect(() => budget.take(1)).toThrow();
  });

  it('lets one body in alone, however large', () => {
    expect(() => new BodyBudget(100).take(1_000)).not.toThrow();
  });
});

it.each([
  [{ 'content-length': '12' }, 12],
  [{}, 0],
  [{ 'content-length': '-1' }, 4 * 1024 * 1024],
  [{ 'transfer-encoding': 'chunked' }, 4 * 1024 * 1024],
])('a request with the headers %j counts as %i bytes', (headers, bytes) => {
  expect(announcedBytes({ headers })).toBe(bytes);
});
