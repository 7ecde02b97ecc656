import { MOST_FILES_AGAIN, once, runAndAskAgain } from './jest-again.mjs';

type Status = 'passed' | 'failed' | 'pending';

const file = (name: string, ...statuses: Status[]): object => ({
  name,
  status: statuses.includes('failed') || statuses.length === 0 ? 'failed' : 'passed',
  assertionResults: statuses.map((status) => ({ status })),
});
const outcome = (code: number, ...testResults: object[]) => ({ code, results: { testResults } });

/** A Jest that answers in turn, and what it was asked to run. */
function jest(...answers: { code: number; results: object | undefined }[]) {
  const asked: (readonly string[])[] = [];
  const run = (files: readonly string[]) => {
    asked.push(files);
    const answer = answers[asked.length - 1];
    return answer === undefined ? Promise.reject(new Error('asked too often')) : Promise.resolve(answer);
  };
  return { run, asked };
}
const nothing = (): void => undefined;

describe('a run of Jest that asks again', () => {
  it('asks once where all is green', async () => {
    const { run, asked } = jest(outcome(0, file('a', 'passed', 'pending')));
    expect(await runAndAskAgain(run, nothing)).toEqual({ isGreen: true, passed: 1, failed: 0, skipped: 1 });
    expect(asked).toEqual([[]]);
  });

  it('asks the red files once more, says so, and counts what they said last', async () => {
    const said: string[] = [];
    const { run, asked } = jest(
      outcome(1, file('a', 'passed', 'passed'), file('b', 'failed', 'passed')),
      outcome(0, file('b', 'passed', 'passed')),
    );
    expect(await runAndAskAgain(run, (text) => said.push(text))).toEqual({
      isGreen: true,
      passed: 4,
      failed: 0,
      skipped: 0,
    });
    expect(asked).toEqual([[], ['b']]);
    expect(said.join('\n')).toMatch(/once more, alone: b[^]*red, then green: b/);
  });

  it('is red where a file is red twice, could not be run, or was not reached again', async () => {
    const red = outcome(1, file('a', 'passed'), file('b', 'failed'));
    for (const [second, failed] of [
      [outcome(1, file('b', 'failed')), 1],
      [outcome(1, file('b')), 1],
      [outcome(0), 1],
      [{ code: 1, results: undefined }, 1],
    ] as const) {
      expect(await runAndAskAgain(jest(red, second).run, nothing)).toMatchObject({ isGreen: false, failed });
    }
  });

  it('does not ask again where many are red, or where there is nothing to ask', async () => {
    const many = Array.from({ length: MOST_FILES_AGAIN + 1 }, (_, index) => file(String(index), 'failed'));
    for (const first of [outcome(1, ...many), outcome(1, file('a', 'passed')), { code: 1, results: undefined }]) {
      const { run, asked } = jest(first);
      expect(await runAndAskAgain(run, nothing)).toMatchObject({ isGreen: false });
      expect(asked).toHaveLength(1);
    }
  });

  it('is not green without a test', async () => {
    expect(await once(jest(outcome(0)).run)).toMatchObject({ isGreen: false, passed: 0 });
    expect(await once(jest(outcome(0, file('a', 'pending'))).run)).toMatchObject({ isGreen: false, skipped: 1 });
  });
});
