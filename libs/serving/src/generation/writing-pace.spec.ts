import { canBeWritten, learnAnswer, predictStartMs, UNKNOWN_PACE, type WrittenAnswer } from './writing-pace';

const answer = { holdMs: 1_000, firstTokenMs: 100, tokens: 10 };
const paceOf = (...answers: readonly WrittenAnswer[]) => answers.reduce(learnAnswer, UNKNOWN_PACE);
const known = paceOf(...Array.from({ length: 6 }, () => answer));
const busy = { slotsAhead: 0, freeSlots: 0, slots: 4 };

describe('what is learned of answers', () => {
  it('is their means, in which the later weigh more', () => {
    expect(known).toEqual({ answers: 6, holdMs: 1_000, deviationMs: 0, firstTokenMs: 100, msPerToken: 100 });
    const slower = Array.from({ length: 20 }, () => ({ holdMs: 2_000, firstTokenMs: 200, tokens: 10 }));
    expect(slower.reduce(learnAnswer, known).holdMs).toBeGreaterThan(1_900);
  });

  it('says nothing about the time a token takes where there was one only', () => {
    expect(learnAnswer(known, { holdMs: 100, firstTokenMs: 100, tokens: 1 }).msPerToken).toBe(100);
  });
});

describe('predictStartMs', () => {
  it('is the time in which as many slots come free as are missing', () => {
    expect(predictStartMs(1, busy, known)).toBe(250);
    expect(predictStartMs(2, { ...busy, slotsAhead: 3 }, known)).toBe(1_250);
    expect(predictStartMs(2, { ...busy, freeSlots: 2 }, known)).toBe(0);
  });

  it('knows nothing before there were a few answers', () => {
    expect(predictStartMs(1, busy, paceOf(answer, answer))).toBeUndefined();
  });
});

describe('canBeWritten', () => {
  const wanted = { slots: 1, maxTokens: 1_000 };

  it('is told by the wait and by what an answer takes at least', () => {
    expect(canBeWritten({ ...wanted, leftMs: 1_250 }, busy, known)).toBe(true);
    expect(canBeWritten({ ...wanted, leftMs: 1_249 }, busy, known)).toBe(false);
  });

  it('lets through what wants few tokens only, although answers are long', () => {
    expect(canBeWritten({ slots: 1, maxTokens: 1, leftMs: 450 }, busy, known)).toBe(true);
    expect(canBeWritten({ slots: 1, maxTokens: 1, leftMs: 449 }, busy, known)).toBe(false);
  });

  it('takes answers of very different lengths for none in particular', () => {
    const mixed = Array.from({ length: 12 }, (_, index) => ({ ...answer, holdMs: index % 2 === 0 ? 50 : 4_000 }));
    expect(canBeWritten({ ...wanted, leftMs: 1_200 }, busy, paceOf(...mixed))).toBe(true);
  });

  it('lets through what finds its slots free, and everything while nothing is known', () => {
    expect(canBeWritten({ ...wanted, leftMs: 1 }, { ...busy, freeSlots: 1 }, known)).toBe(true);
    expect(canBeWritten({ ...wanted, leftMs: 1 }, busy, UNKNOWN_PACE)).toBe(true);
  });
});
