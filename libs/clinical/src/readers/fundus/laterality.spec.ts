import { sideOf } from './laterality';

const field = { x: 384, y: 384, radius: 370 };
const discAt = (x: number) => ({ x, y: 380, radius: 50, strength: 1.5, rival: 0.1 });

describe('sideOf', () => {
  it('calls an eye right when its disc lies right of the centre, and left when it lies left', () => {
    expect(sideOf(discAt(600), field, 0.2)?.classification.labels[0]).toMatchObject({ code: 'R', score: 0.95 });
    expect(sideOf(discAt(150), field, 0.2)?.classification.labels[0]).toMatchObject({ code: 'L', score: 0.95 });
  });

  it('is the less sure the nearer the disc is to the centre, and gives scores that add up to one', () => {
    const labels = sideOf(discAt(384 + 0.25 * 370), field, 0.2)?.classification.labels ?? [];
    expect(labels.map(({ code, score }) => [code, score])).toEqual([
      ['R', 0.75],
      ['L', 0.25],
    ]);
  });

  it('does not decide when the photograph is centred on the disc', () => {
    expect(sideOf(discAt(400), field, 0.2)).toBeUndefined();
  });
});
