import { catalogueEntry } from '@medserve/testkit';
import { decideColdStart, settleColdStart, warmthOf } from './cold-start';
import type { Choice, Warmth } from './ports';

const warm: Warmth = { kind: 'warm' };
const cold = (expectedMs: number): Warmth => ({ kind: 'cold', expectedMs });
const never = Number.POSITIVE_INFINITY;

const patient = { respondAsync: false };
const calledBack = { respondAsync: true };
const waiting = (seconds: number) => ({ respondAsync: false, waitMs: 1_000 * seconds });
const waitingOrCalledBack = (seconds: number) => ({ respondAsync: true, waitMs: 1_000 * seconds });

describe('what becomes of a request that may find its model cold', () => {
  it.each([
    ['a warm model is asked', warm, undefined, patient, { kind: 'use', jobAfterMs: never }],
    ['so it is by who waits not at all', warm, undefined, waiting(0), { kind: 'use', jobAfterMs: never }],
    ['who is called back gets a job of a warm model, too', warm, undefined, calledBack, { kind: 'use', jobAfterMs: 0 }],
    [
      'who waits before is called back only then',
      warm,
      undefined,
      waitingOrCalledBack(2),
      { kind: 'use', jobAfterMs: 2_000 },
    ],
    ['who says nothing waits', cold(9_000), undefined, patient, { kind: 'use', jobAfterMs: never }],
    ['who waits long enough waits', cold(2_000), undefined, waiting(2), { kind: 'use', jobAfterMs: never }],
    [
      'who does not is told when to come back',
      cold(2_001),
      undefined,
      waiting(2),
      { kind: 'refuse', retryAfterMs: 2_001 },
    ],
    [
      'or called back at once, if that will do',
      cold(2_001),
      undefined,
      waitingOrCalledBack(2),
      { kind: 'use', jobAfterMs: 0 },
    ],
    ['nobody is refused by what nobody knows', cold(0), undefined, waiting(1), { kind: 'use', jobAfterMs: never }],
    ['but who does not wait at all', cold(0), undefined, waiting(0), { kind: 'refuse', retryAfterMs: undefined }],
    ['a warm fallback answers for a cold model', cold(9_000), warm, patient, { kind: 'fallback', jobAfterMs: never }],
    ['also for who does not wait', cold(9_000), warm, waiting(0), { kind: 'fallback', jobAfterMs: never }],
    ['also by a job', cold(9_000), warm, calledBack, { kind: 'fallback', jobAfterMs: 0 }],
    ['a cold fallback helps nobody', cold(9_000), cold(1), waiting(1), { kind: 'refuse', retryAfterMs: 9_000 }],
    ['a warm model needs no fallback', warm, warm, patient, { kind: 'use', jobAfterMs: never }],
  ])('%s', (_what, wanted, fallback, preference, decision) => {
    expect(decideColdStart(wanted, fallback, preference)).toEqual(decision);
  });

  it('knows what is left of a load, which the catalogue told some time ago', () => {
    const loading = catalogueEntry('m', { state: 'loading', expectedLoadMs: 4_000 });
    expect(warmthOf(loading, 1_000)).toEqual(cold(3_000));
    expect(warmthOf({ ...loading, state: 'cold' }, 1_000)).toEqual(cold(4_000));
    expect(warmthOf({ ...loading, expectedLoadMs: 0 }, 1_000)).toEqual(cold(0));
    expect(warmthOf({ ...loading, state: 'ready' }, 1_000)).toEqual(warm);
  });
});

describe('a model that does not get the request', () => {
  const choice = (modelName: string, warmth: Warmth): Choice => ({
    ...{ task: 'classify', modality: 'radiology', version: '1' },
    modelName,
    warmth,
  });
  const woken = jest.fn();
  beforeEach(() => woken.mockClear());

  it('is loaded for the next, be the caller refused or answered by the fallback', () => {
    expect(() => settleColdStart(choice('big', cold(5_000)), undefined, waiting(1), woken)).toThrow(
      expect.objectContaining({ reason: 'model_loading', retryAfterMs: 5_000 }) as Error,
    );
    const settled = settleColdStart(choice('big', cold(5_000)), choice('small', warm), patient, woken);
    expect(settled).toMatchObject({ choice: { modelName: 'small' }, isFallback: true, waiting: {} });
    expect(woken.mock.calls).toEqual([[{ name: 'big', version: '1' }], [{ name: 'big', version: '1' }]]);
  });

  it('is told apart from one that gets it, which is loaded by that', () => {
    const settled = settleColdStart(choice('big', cold(5_000)), undefined, calledBack, woken);
    expect(settled).toMatchObject({ isFallback: false, waiting: { loadMs: 5_000, jobAfterMs: 0 } });
    expect(woken).not.toHaveBeenCalled();
  });
});
