import fc from 'fast-check';
import { CLASSES, type Class } from '../classes';
import { UNKNOWN_RATE } from '../routing/service-rate';
import { CLASS_SHARE, judgeArrival, type ArrivalRules } from './judge-arrival';

const RULES: ArrivalRules = { placesPerModel: 100, places: 200 };
const judge = (name: Class, ofModel: number, ofAll = ofModel, rate = UNKNOWN_RATE) =>
  judgeArrival({ ofModel, ofAll, ahead: 0, rate }, name, 1_000, RULES);

describe('a request that arrives', () => {
  it.each([
    ['research', 49, 50],
    ['routine', 69, 70],
    ['urgent', 89, 90],
    ['stat', 99, 100],
  ] as const)('of the class %s is taken while %i are there, and refused when %i are', (name, last, first) => {
    expect(judge(name, last)).toEqual({ kind: 'admitted' });
    expect(judge(name, first)).toMatchObject({ kind: 'refused', limit: 'requests for one model: 100' });
  });

  it('is refused by what all models together have as well', () => {
    expect(judge('routine', 0, 139)).toEqual({ kind: 'admitted' });
    expect(judge('routine', 0, 140)).toMatchObject({ kind: 'refused', limit: 'requests in flight: 200' });
  });

  it('is let in where nothing else is, however small its share', () => {
    const one = { placesPerModel: 1, places: 1 };
    for (const name of CLASSES) {
      expect(judgeArrival({ ofModel: 0, ofAll: 0, ahead: 0, rate: UNKNOWN_RATE }, name, 1_000, one)).toEqual({
        kind: 'admitted',
      });
    }
  });

  it('is told to come back when those that are too many will have left, by how fast answers come', () => {
    const rate = { answers: 10, busyMs: 2_000 };
    expect(judge('routine', 74, 74, rate)).toMatchObject({ retryAfterMs: 1_000 });
    expect(judge('routine', 74)).toMatchObject({ retryAfterMs: 1_000 });
    expect(judge('routine', 99, 99, rate)).toMatchObject({ retryAfterMs: 6_000 });
  });

  it('is refused when by the pace of the answers it would be too late, unless nobody is before it', () => {
    const rate = { answers: 10, busyMs: 1_000 };
    const late = (ahead: number, leftMs: number) =>
      judgeArrival({ ofModel: ahead, ofAll: ahead, ahead, rate }, 'routine', leftMs, RULES);
    expect(late(7, 1_000)).toEqual({ kind: 'admitted' });
    expect(late(8, 1_000)).toMatchObject({ kind: 'refused', limit: 'deadline: 1000 ms', retryAfterMs: 125 });
    expect(late(0, 1)).toEqual({ kind: 'admitted' });
  });

  it('is never refused where a less urgent one is taken', () => {
    const counts = fc.record({ ofModel: fc.nat(120), ofAll: fc.nat(250) });
    fc.assert(
      fc.property(counts, ({ ofModel, ofAll }) => {
        const admitted = CLASSES.map((name) => judge(name, ofModel, ofAll).kind === 'admitted');
        expect(admitted).toEqual([...admitted].sort((one, other) => Number(other) - Number(one)));
      }),
    );
  });

  it('leaves every class places that the next one below it cannot fill', () => {
    const shares = CLASSES.map((name) => CLASS_SHARE[name]);
    expect(shares).toEqual([...new Set(shares)].sort((one, other) => other - one));
  });
});
