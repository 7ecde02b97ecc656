import fc from 'fast-check';
import { samplesOf } from '../findings/outlines';
import { packBits } from './pack-bits';

describe('packed bits', () => {
  it('are those of the masks one after the other, without a gap between frames', () => {
    const mask = (width: number, height: number) =>
      fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height }).map((samples) => {
        const counts = [0];
        let last = false;
        for (const sample of samples) {
          if (sample === last) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
          else counts.push(1);
          last = sample;
        }
        return { width, height, counts };
      });
    const frames = fc
      .tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 7 }))
      .chain(([width, height]) => fc.array(mask(width, height), { minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(frames, (masks) => {
        const wanted = masks.flatMap((one) => [...samplesOf(one)]);
        const bytes = packBits(masks);
        expect(bytes.length).toBe(2 * Math.ceil(wanted.length / 16));
        expect(wanted.map((_, bit) => ((bytes[bit >>> 3] as number) >>> (bit & 7)) & 1)).toEqual(wanted);
      }),
    );
  });
});
