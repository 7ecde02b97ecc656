import { evidenceWords } from './evidence-words';

describe('evidence in words', () => {
  it('is a sentence of what a reader of ours tells, and a list of what the sentence leaves out', () => {
    const evidence = { kind: 'segment', segment: 'bone', samples: 560_107, slices: 28, labels: [2], leastAreaMm2: 4 };
    const { key, rest } = evidenceWords(evidence);
    expect(rest).toEqual({ labels: [2], leastAreaMm2: 4 });
    expect(key).toBe('segment');
  });

  it('is a list of names and values of every other kind', () => {
    expect(evidenceWords({ kind: 'saliency', at: [1, 2] })).toEqual({ key: undefined, rest: { at: [1, 2] } });
    expect(evidenceWords({ kind: 'constructor', a: 1 })).toEqual({ key: undefined, rest: { a: 1 } });
  });

  it('is no sentence where a member that it needs is missing, or is none', () => {
    expect(evidenceWords({ kind: 'label', code: 'x' }).key).toBeUndefined();
    expect(evidenceWords({ kind: 'label', code: 'x', samples: {} }).key).toBeUndefined();
  });
});
