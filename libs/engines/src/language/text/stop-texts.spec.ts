import fc from 'fast-check';
import { StopTexts } from './stop-texts';

const run = (stop: readonly string[], pieces: readonly string[]) => {
  const watcher = new StopTexts(stop);
  const left = pieces.map((piece) => watcher.push(piece));
  const isHeldBackOnly = left.join('');
  return { left, text: isHeldBackOnly + (watcher.stopped ? '' : watcher.flush()), stopped: watcher.stopped };
};

/** The text before the stop text that is whole first; of two that are whole at once the longer. */
function expectedOf(stop: readonly string[], text: string): { text: string; stopped: boolean } {
  for (let end = 1; end <= text.length; end += 1) {
    const whole = stop.filter((one) => text.slice(0, end).endsWith(one)).map((one) => one.length);
    if (whole.length > 0) return { text: text.slice(0, end - Math.max(...whole)), stopped: true };
  }
  return { text, stopped: false };
}

describe('stop texts', () => {
  it('end the text before them, across pieces', () => {
    expect(run(['END'], ['all is well E', 'N', 'D and more'])).toMatchObject({ text: 'all is well ', stopped: true });
  });

  it('are not let out in part while they may be under way', () => {
    expect(run(['END'], ['well E', 'N', 'ough'])).toMatchObject({ left: ['well ', '', 'ENough'], stopped: false });
  });

  it('that begin within what was held back are found', () => {
    expect(run(['aab'], ['a', 'a', 'a', 'b'])).toMatchObject({ text: 'a', stopped: true });
  });

  it('give back at the end what was none', () => {
    expect(run(['END'], ['the EN'])).toMatchObject({ left: ['the '], text: 'the EN', stopped: false });
  });

  it('of surrogate pairs never cut a character', () => {
    expect(run(['😀!'], ['x😀', '?'])).toMatchObject({ left: ['x', '😀?'], stopped: false });
  });

  it('end any text at the same place, however it is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(stops, letters, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (stop, text, steps) => {
        const pieces: string[] = [];
        for (let at = 0, step = 0; at < text.length; step += 1) {
          const length = steps[step % steps.length]!;
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        const { text: got, stopped } = run(stop, pieces);
        expect({ text: got, stopped }).toEqual(expectedOf(stop, text));
      }),
      { numRuns: 1000 },
    );
  });
});
