import type { Database } from '../database/database';
import { WakeUp } from './wake-up';

describe('the wake-up of the relay', () => {
  /** Rests that end when they are told to, and how often the server was told. */
  function setUp() {
    const rests: { ms: number; over: () => void }[] = [];
    const rows = jest.fn<Promise<never[]>, []>(() => Promise.resolve([]));
    const database: Pick<Database, 'rows'> = { rows };
    const wakeUp = new WakeUp(database, (ms) => new Promise<void>((over) => rests.push({ ms, over })));
    const settled = (): Promise<void> => new Promise(setImmediate);
    const endRest = async (): Promise<void> => {
      rests.at(-1)?.over();
      await settled();
    };
    return { wakeUp, rows, rests, settled, endRest };
  }

  it('rings at once, and once for all that comes while it rests', async () => {
    const { wakeUp, rows, settled, endRest } = setUp();
    wakeUp.ring();
    await settled();
    expect(rows).toHaveBeenCalledTimes(1);
    for (let count = 0; count < 5; count += 1) wakeUp.ring();
    expect(rows).toHaveBeenCalledTimes(1);
    await endRest();
    expect(rows).toHaveBeenCalledTimes(2);
  });

  it('rests longer while there is always something new, and as before after it was quiet', async () => {
    const { wakeUp, rows, rests, settled, endRest } = setUp();
    wakeUp.ring();
    await settled();
    for (let count = 0; count < 4; count += 1) {
      wakeUp.ring();
      await endRest();
    }
    expect(rests.map(({ ms }) => ms)).toEqual([100, 200, 400, 400, 400]);
    await endRest();
    expect(rows).toHaveBeenCalledTimes(5);
    wakeUp.ring();
    await settled();
    expect(rests.at(-1)?.ms).toBe(100);
  });
});
