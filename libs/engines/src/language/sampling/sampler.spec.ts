import type { Sampling } from '@medserve/clinical';
import fc from 'fast-check';
import { GREEDY } from '../testing/request';
import { argmax } from './argmax';
import { expOf } from './exponential';
import { randomOf, seededRandom } from './random';
import { Sampler, SamplingScratch } from './sampler';

const SIZE = 12;

const sampler = (sampling: Partial<Sampling>, choice = 0, size = SIZE) =>
  new Sampler({ ...GREEDY, temperature: 1, seed: 7, ...sampling }, choice, new SamplingScratch(size));

/** How often each token is drawn. */
function drawn(sampling: Partial<Sampling>, logits: readonly number[], times: number): number[] {
  const counts = logits.map(() => 0);
  const one = sampler(sampling, 0, logits.length);
  for (let time = 0; time < times; time += 1) counts[one.choose(Float32Array.from(logits))]! += 1;
  return counts;
}

// Far enough apart to have different weights, and often equal.
const logits = fc.array(
  fc.integer({ min: -64, max: 64 }).map((eighths) => eighths / 8),
  { minLength: SIZE, maxLength: SIZE },
);

describe('a sampler', () => {
  it('at temperature 0 takes the most likely token, of equal ones the lowest', () => {
    expect(sampler({ temperature: 0 }).choose(Float32Array.from([1, 3, 2, 3]))).toBe(1);
  });

  it('gives the same answer for the same seed, another for another seed or choice', () => {
    const answer = (seed: number, choice: number): number[] => {
      const one = sampler({ seed }, choice);
      return Array.from({ length: 30 }, () => one.choose(new Float32Array(SIZE)));
    };
    expect(answer(7, 0)).toEqual(answer(7, 0));
    expect(answer(7, 0)).not.toEqual(answer(8, 0));
    expect(answer(7, 0)).not.toEqual(answer(7, 1));
  });

  it('draws tokens as often as the model believes in them', () => {
    const counts = drawn({}, [Math.log(0.5), Math.log(0.3), Math.log(0.2)], 20_000);
    expect(counts.map((count) => Math.round((count / 20_000) * 50) / 50)).toEqual([0.5, 0.3, 0.2]);
  });

  it('of the temperature takes how far they are apart', () => {
    const [first = 0, second = 0] = drawn({ temperature: 0.5 }, [Math.log(0.75), Math.log(0.25)], 20_000);
    expect(Math.round(first / second)).toBe(9);
  });

  it('never draws a token outside of the most likely ones that topP and topK say', () => {
    fc.assert(
      fc.property(
        logits,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 1, max: SIZE }),
        (row, topP, topK) => {
          const order = row
            .map((logit, id) => ({ logit: Math.fround(logit), id }))
            .sort((a, b) => b.logit - a.logit || a.id - b.id);
          const kept = order.slice(0, topK);
          const weights = kept.map(({ logit }) => Math.exp(logit - kept[0]!.logit));
          const sum = weights.reduce((all, weight) => all + weight, 0);
          let before = 0;
          // A hair's breadth more, for what rounding to 32 bits moves.
          const allowed = kept
            .filter((_, at) => (before += at === 0 ? 0 : weights[at - 1]!) < topP * sum * (1 + 1e-6))
            .map(({ id }) => id);
          const one = sampler({ topP, topK });
          for (let time = 0; time < 20; time += 1) expect(allowed).toContain(one.choose(Float32Array.from(row)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('with a tiny topP takes the most likely token, as one with topK 1 does', () => {
    fc.assert(
      fc.property(logits, (row) => {
        const best = sampler({ temperature: 0 }).choose(Float32Array.from(row));
        expect(sampler({ topP: 1e-9 }).choose(Float32Array.from(row))).toBe(best);
        expect(sampler({ topK: 1 }).choose(Float32Array.from(row))).toBe(best);
      }),
    );
  });

  it('of equal tokens lets topK keep the lowest', () => {
    const counts = drawn({ topK: 3 }, new Array<number>(SIZE).fill(0), 500);
    expect(counts.map((count) => count > 0)).toEqual(counts.map((_, id) => id < 3));
  });

  it('takes the penalties off for what was written, once and each time', () => {
    const once = sampler({ temperature: 0, presencePenalty: 1 });
    expect([1, 2, 3].map(() => once.choose(Float32Array.from([2, 1.5, 0.9])))).toEqual([0, 1, 0]);
    const often = sampler({ temperature: 0, frequencyPenalty: 1 });
    expect([1, 2, 3, 4].map(() => often.choose(Float32Array.from([2, 1.5, 0.9])))).toEqual([0, 1, 0, 2]);
  });

  it('adds the bias, and does without ids that are none', () => {
    expect(
      sampler({ temperature: 0, logitBias: { '2': 100, '99': 100, '': 100, x: 100 } }).choose(
        Float32Array.from([5, 4, 3]),
      ),
    ).toBe(2);
  });

  it('never chooses what is ruled out, nor what lies beyond the vocabulary', () => {
    const one = sampler({}, 0, 3);
    for (let time = 0; time < 100; time += 1)
      expect(one.choose(Float32Array.from([-Infinity, 1, -Infinity, 99]))).toBe(1);
  });

  it('fails where the model gave no number', () => {
    const failure = expect.objectContaining({ reason: 'inference_failed' }) as Error;
    expect(() => sampler({}).choose(new Float32Array(SIZE).fill(NaN))).toThrow(failure);
    expect(() => sampler({}).choose(new Float32Array(SIZE).fill(-Infinity))).toThrow(failure);
    expect(() => sampler({}).choose(new Float32Array(SIZE).fill(Infinity))).toThrow(failure);
  });
});

it('the highest of any values is the first that is', () => {
  const values = fc.array(fc.constantFrom(-Infinity, -1, 0, 1, 2, NaN), { maxLength: 40 });
  fc.assert(
    fc.property(values, (given) => {
      const real = given.filter((value) => value > -Infinity);
      const expected = real.length === 0 ? -1 : given.indexOf(Math.max(...real));
      expect(argmax(Float32Array.from([...given, 9]), given.length)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

describe('numbers by a seed', () => {
  it('are those that the reference gives for the state', () => {
    // xoshiro128** 1.1 and SplitMix64 in C, seed 7: first outputs of 53 bits.
    const random = seededRandom(7n);
    expect([random(), random(), random()]).toEqual([0.4193505224726699, 0.6968157502682852, 0.4836025107011258]);
  });

  it('are never 1, and none is the same for a seed that is absent', () => {
    const random = randomOf(undefined, 0);
    const values = Array.from({ length: 1000 }, random);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(randomOf(undefined, 0)()).not.toBe(values[0]);
  });
});

describe('the exponential', () => {
  it('is within 1 part in 10^8', () => {
    fc.assert(
      fc.property(fc.double({ min: -690, max: 0, noNaN: true }), (x) => {
        expect(Math.abs(expOf(x) / Math.exp(x) - 1)).toBeLessThan(1e-8);
      }),
    );
    expect([expOf(0), expOf(-Infinity), expOf(-800)]).toEqual([1, 0, 0]);
  });
});
