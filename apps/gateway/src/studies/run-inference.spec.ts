import { ServingError, type Reason } from '@medserve/errors';
import type { Inferred, StudyRun } from '@medserve/studies';
import type { Prepared } from '../infer/prepared';
import type { ImageRequest } from '../infer/prepare-image';
import { PROBLEM_TYPE, toProblem } from '../http/problem';
import type { Ticket } from '../quotas/ticket';
import { principalOfRoute, RunInference } from './run-inference';

const KEY = { tenant: 'north', studyUid: '1.2.3', generation: 2, firstAt: new Date(1_764_000_000_000) };
const RUN: StudyRun = {
  route: 'ct-volume',
  name: 'tissue',
  task: 'measure',
  model: 'ct-tissue',
  parameters: {},
  class: 'stat',
  deadlineMs: 60_000,
  isOptional: false,
  seriesUid: '1.2.3.1',
  instances: ['1.2.3.1.1', '1.2.3.1.2'],
  state: 'waiting',
  attempts: 0,
};

const TICKET: Ticket = {
  accept: () => Promise.resolve(() => undefined),
  hold: () => () => undefined,
  leave: () => undefined,
};

const refusal = (reason: Reason): ServingError => new ServingError(reason, 'for a test');

interface Rig {
  readonly refused?: ServingError;
  readonly ended?: ServingError | Promise<never>;
  /** What the doorkeeper says. */
  readonly usedUp?: ServingError;
}

/** What is made of a request that is refused before it is accepted, or that ends so. */
function rig({ refused, ended, usedUp }: Rig = {}) {
  const asked: ImageRequest[] = [];
  const accepted: string[] = [];
  const atTheDoor: string[] = [];
  const answer = { bytes: Buffer.from('{}'), contentType: 'application/json' };
  const problem = (error: ServingError) => ({
    bytes: Buffer.from(JSON.stringify(toProblem(error, 'r-1'))),
    contentType: PROBLEM_TYPE,
  });
  const inference = new RunInference({
    files: { read: (_tenant, _study, uids) => Promise.resolve(uids.map((uid) => Buffer.from(uid))) },
    doorkeeper: {
      check: () => Promise.resolve(),
      enter: (by) => {
        expect(by).toEqual(principalOfRoute('north', 'ct-volume'));
        if (usedUp !== undefined) return Promise.reject(usedUp);
        atTheDoor.push('entered');
        return Promise.resolve({ ...TICKET, leave: () => void atTheDoor.push('left') });
      },
    },
    preparation: {
      prepare: (principal, request) => {
        if (refused !== undefined) return Promise.reject(refused);
        expect(principal).toEqual(principalOfRoute('north', 'ct-volume'));
        asked.push(request);
        return Promise.resolve({} as Prepared);
      },
    },
    road: {
      accept: (_prepared, { ticket }) => {
        atTheDoor.push(ticket === undefined ? 'accepted past the door' : 'accepted');
        accepted.push('accepted');
        return Promise.resolve({
          id: 'r-1',
          ended: ended instanceof ServingError ? Promise.resolve(problem(ended)) : (ended ?? Promise.resolve(answer)),
        });
      },
    },
  });
  const infer = (
    run: Partial<StudyRun> = {},
    signal = new AbortController().signal,
    firstAt = KEY.firstAt,
    begun = Promise.resolve(),
  ): Promise<Inferred> =>
    inference.infer({ ...KEY, firstAt }, { ...RUN, ...run }, signal, { begun, asked: () => accepted.push('told') });
  return { infer, asked, accepted, atTheDoor };
}

describe('a run', () => {
  it('is a request as any other, of its files in order, under a key of its own', async () => {
    const { infer, asked } = rig();
    expect(await infer()).toEqual({ kind: 'answered', request: 'r-1' });
    expect(asked).toEqual([
      expect.objectContaining({
        files: [{ bytes: Buffer.from('1.2.3.1.1') }, { bytes: Buffer.from('1.2.3.1.2') }],
        task: 'measure',
        model: 'ct-tissue',
        class: 'stat',
        deadlineMs: 60_000,
        idempotencyKey: 'study/1.2.3/1764000000000/2/ct-volume/tissue',
      }),
    ]);
  });

  it('of a study that was removed and sent again is no repetition of what was asked before', async () => {
    const { infer, asked } = rig();
    await infer();
    await infer({}, undefined, new Date(1_765_000_000_000));
    expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  it.each([
    ['overloaded', 'later'],
    ['model_loading', 'later'],
    ['unavailable', 'later'],
    ['quota_exceeded', 'later'],
    ['model_unloaded', 'later'],
    ['model_not_found', 'not_served'],
    ['task_not_available', 'not_served'],
    ['mixed_series', 'failed'],
    ['unreadable_image', 'failed'],
    ['too_large', 'failed'],
  ] as const)('that is refused with %s is tried %s', async (reason, kind) => {
    expect(await rig({ refused: refusal(reason) }).infer()).toMatchObject({ kind, reason });
  });

  it('passes the doorkeeper as every request does, and leaves what it took to the work', async () => {
    const { infer, atTheDoor } = rig();
    await infer();
    expect(atTheDoor).toEqual(['entered', 'accepted', 'left']);
  });

  it('that no quota has room for is asked again when there is some', async () => {
    const usedUp = new ServingError('quota_exceeded', 'for a test', { retryAfterMs: 40_000 });
    const { infer, accepted } = rig({ usedUp });
    expect(await infer()).toEqual({ kind: 'later', reason: 'quota_exceeded', afterMs: 40_000 });
    expect(accepted).toEqual([]);
  });

  it('is tried later by what the refusal asks for', async () => {
    const refused = new ServingError('overloaded', 'for a test', { retryAfterMs: 9_000 });
    expect(await rig({ refused }).infer()).toEqual({ kind: 'later', reason: 'overloaded', afterMs: 9_000 });
  });

  it.each(['inference_failed', 'deadline_exceeded'] as const)(
    'that ends in %s is tried three times, and then failed with its request',
    async (reason) => {
      const { infer } = rig({ ended: refusal(reason) });
      expect(await infer({ attempts: 0 })).toMatchObject({ kind: 'later', reason });
      expect(await infer({ attempts: 2 })).toEqual({ kind: 'failed', reason, request: 'r-1' });
    },
  );

  it('is not accepted before it is on disk that it began, nor where it is not', async () => {
    const { infer, accepted, asked } = rig();
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const answer = infer({}, undefined, undefined, begun);
    await new Promise(setImmediate);
    expect([asked.length, accepted.length]).toEqual([1, 0]);
    begin();
    expect(await answer).toMatchObject({ kind: 'answered' });
    expect(accepted).toEqual(['accepted', 'told']);
    await infer({}, undefined, undefined, Promise.reject(new Error('lost')));
    expect(accepted).toHaveLength(2);
  });

  it('is left where it is when the engine ends: the request goes on', async () => {
    const ending = new AbortController();
    const waiting = rig({ ended: new Promise<never>(() => undefined) }).infer({}, ending.signal);
    ending.abort();
    await expect(waiting).rejects.toMatchObject({ reason: 'cancelled' });
  });
});
