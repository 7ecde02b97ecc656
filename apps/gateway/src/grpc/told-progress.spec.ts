import type { InferStreamResponse } from '@medserve/contracts';
import { ToldProgress } from './told-progress';

/** A reader that takes one message at a time, when the test says so. */
function slowReader() {
  const taken: InferStreamResponse['event'][] = [];
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const told = new ToldProgress(({ event }) => {
    taken.push(event);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  });
  const settle = async (how: 'resolve' | 'reject'): Promise<void> => {
    waiting.shift()?.[how](new Error('gone'));
    await new Promise(setImmediate);
  };
  return { taken, told, settle };
}

const progress = (percent: number) => ({ phase: 'running', percent });

describe('what a call is told on the way', () => {
  it('skips progress that its reader cannot take, and puts words together', async () => {
    const { taken, told, settle } = slowReader();
    told.onProgress(progress(10));
    told.onProgress(progress(20));
    told.written.push('a');
    told.written.push('b');
    await settle('resolve');
    expect(taken).toMatchObject([{ value: { percent: 10 } }, { $case: 'delta', value: { text: 'ab' } }]);
  });

  it('is over when the last word was taken', async () => {
    const { taken, told, settle } = slowReader();
    told.written.push('a');
    told.written.push('b');
    let isOver = false;
    const finished = told.finish().then(() => (isOver = true));
    await settle('resolve');
    expect(isOver).toBe(false);
    await settle('resolve');
    await finished;
    expect(taken).toMatchObject([{ value: { text: 'a' } }, { value: { text: 'b' } }]);
  });

  it('is over when the reader is gone', async () => {
    const { taken, told, settle } = slowReader();
    told.written.push('a');
    await settle('reject');
    told.written.push('b');
    await told.finish();
    expect(taken).toHaveLength(1);
  });
});
