import { Caches } from './caches';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const MINUTE = 60_000;

it('what nobody asks for is gone all the same, a minute after its time at the latest', () => {
  const caches = new Caches(() => jest.now());
  caches.features.set('image', new Float32Array(8), 32);
  jest.advanceTimersByTime(9 * MINUTE);
  expect(caches.bytes).toBe(32);
  jest.advanceTimersByTime(2 * MINUTE);
  expect(caches.bytes).toBe(0);
  caches.close();
  expect(jest.getTimerCount()).toBe(0);
});
