import { AssertionPlaces } from './assertion-places';

describe('the places for assertions', () => {
  it('are 64, and free again when what held them is done or failed', async () => {
    const places = new AssertionPlaces();
    const { promise: held, reject: fail } = Promise.withResolvers<never>();
    const busy = Array.from({ length: 64 }, () => places.lookUp(() => held));
    const next = () => places.lookUp(() => Promise.resolve('in'));
    await expect(next()).rejects.toMatchObject({ reason: 'overloaded', limit: 'assertions: 64' });
    fail(new Error('no'));
    expect((await Promise.allSettled(busy)).every(({ status }) => status === 'rejected')).toBe(true);
    await expect(next()).resolves.toBe('in');
  });

  it('are four for one client, whose crowd leaves the others theirs', async () => {
    const places = new AssertionPlaces();
    const { promise: held, resolve } = Promise.withResolvers<string>();
    const busy = Array.from({ length: 70 }, () => places.check('one', () => held));
    const refused = Promise.allSettled(busy.slice(4));
    await expect(places.check('another', () => Promise.resolve('in'))).resolves.toBe('in');
    expect((await refused).map(({ status }) => status)).toEqual(Array.from({ length: 66 }, () => 'rejected'));
    resolve('in');
    expect(await Promise.all(busy.slice(0, 4))).toEqual(['in', 'in', 'in', 'in']);
    await expect(places.check('one', () => Promise.resolve('in'))).resolves.toBe('in');
  });
});
