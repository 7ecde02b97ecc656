import { makeDay } from './make-day.mjs';
import { makeFleet } from './make-fleet.mjs';
import { dayText, parseDay, RecordingError } from './recorded-day.mjs';

const POOLS = JSON.stringify({ pools: [{ name: 'ct', kind: 'encoder', slots: 2, serviceS: 20, maxReplicas: 8 }] });
const day = (lines, poolsText = POOLS) =>
  parseDay({ poolsText, arrivalsText: ['second,pool,class,count', ...lines].join('\n'), tickS: 2 });

describe('a recorded day', () => {
  it('is read second by second into steps', () => {
    const { fleet, day: read } = day(['0,ct,stat,1', '1,ct,stat,2', '3,ct,research,4', '']);
    expect(fleet[0]).toMatchObject({ name: 'ct', slotsEach: 1, peakReplicas: 8 });
    expect([...read.arrivals[0].subarray(0, 8)]).toEqual([3, 0, 0, 0, 0, 0, 0, 4]);
  });

  it('is what was written, so that a made day is an example', () => {
    const fleet = makeFleet({ pools: 2, gpus: 4, seed: 1 }).map((pool) => ({ ...pool, maxReplicas: 4 }));
    const made = { fleet, day: makeDay({ fleet, weekday: 'sunday', seed: 1, tickS: 2 }) };
    const read = parseDay({ ...dayText(made), tickS: 2 });
    expect(read.day.arrivals.map((all) => [...all])).toEqual(made.day.arrivals.map((all) => [...all]));
    expect(read.fleet).toEqual(fleet);
  });

  it.each([
    [
      'of another heading',
      () => parseDay({ poolsText: POOLS, arrivalsText: 'a,b', tickS: 2 }),
      'the first line of the arrivals has to be second,pool,class,count',
    ],
    [
      'of a pool that nobody described',
      () => day(['0,mr,stat,1']),
      'line 2 of the arrivals is of a pool that is not described',
    ],
    [
      'of a class that is none',
      () => day(['0,ct,stat,1', '0,ct,soon,1']),
      'line 3 of the arrivals: the class has to be one of stat, urgent, routine, research',
    ],
    ['after midnight', () => day(['86400,ct,stat,1']), 'line 2 of the arrivals: the second has to be within the day'],
    ['of half a request', () => day(['0,ct,stat,0.5']), 'line 2 of the arrivals: the count has to be a whole number'],
    [
      'of pools without slots',
      () => day([], '{"pools":[{"name":"a","kind":"cpu","serviceS":1,"maxReplicas":1}]}'),
      'pools[0].slots is missing',
    ],
    [
      'of a kind that is none',
      () => day([], '{"pools":[{"name":"a","kind":"tpu","slots":1,"serviceS":1,"maxReplicas":1}]}'),
      'pools[0].kind has to be one of cpu, encoder, generative',
    ],
    ['of no pools', () => day([], '{}'), 'the description has no list "pools"'],
  ])('is refused in words when it is %s', (_, read, message) => {
    expect(read).toThrow(new RecordingError(message));
  });
});
