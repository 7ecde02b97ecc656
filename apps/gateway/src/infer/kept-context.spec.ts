import { Sensitive, type StudyContext } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { SubjectReferences } from '@medserve/security';
import { PRINCIPAL } from '../testing/image-world';
import { PhaseTimes } from './phase-times';
import type { Dispatched } from './ports';
import type { Prepared } from './prepared';
import { PROBLEM_TYPE } from '../http/problem';
import { Road, type RoadParts } from './road';

const CONTEXT = new Sensitive<StudyContext>({ patient: { id: 'P-17' }, study: { uid: '1.2.3' }, series: [] });
const DONE: Dispatched = {
  task: 'classify',
  model: { name: 'm', version: '1', digest: 'sha256:0' },
  engine: 'fake',
  timings: {},
  batch: { rows: 1, batchRows: 1, leads: true },
};

/** A road on which the order of what happens is written down, and each thing waits for the test. */
function setUp(
  keep: NonNullable<RoadParts['contexts']>['keep'],
  told: Pick<Prepared, 'context'> = { context: CONTEXT },
) {
  const happened: string[] = [];
  const instruments = noopInstruments();
  const road = new Road({
    dispatcher: {
      dispatch: () => {
        happened.push('dispatched');
        return Promise.resolve(DONE);
      },
    },
    records: {
      accept: () => {
        happened.push('accepted');
        return Promise.resolve({ kind: 'accepted' });
      },
      finish: ({ status }) => {
        happened.push(status);
        return Promise.resolve({ kind: 'recorded' });
      },
      find: () => Promise.resolve(undefined),
    },
    contexts: {
      keep: async (...parameters) => {
        happened.push('keeping');
        await keep(...parameters);
        happened.push('kept');
      },
    },
    instruments,
    logger: silentLogger,
    now: () => new Date(0),
    references: new SubjectReferences(Buffer.alloc(32)),
  });
  const id = newEventId();
  const named = { task: 'classify', modality: 'radiology', class: 'routine' } as const;
  const prepared: Prepared = {
    subject: { request: id, tenant: 't', by: PRINCIPAL, ...named, inputs: [] },
    fingerprint: Buffer.alloc(32),
    idempotencyKey: undefined,
    modelName: 'm',
    deadlineAtMs: performance.now() + 60_000,
    times: new PhaseTimes(instruments),
    ...told,
    order: { id, tenant: 't', ...named, inputs: [], input: { kind: 'tensor-bytes', tensors: [] } },
    compose: () => Buffer.from('{}'),
  };
  const ended = async () => (await road.accept(prepared, { signal: new AbortController().signal })).ended;
  return { ended, happened };
}

describe('what images say of their study', () => {
  it('is kept while the model works, and before the answer is on record', async () => {
    let isThere = (): void => undefined;
    const { ended, happened } = setUp(
      () =>
        new Promise((resolve) => {
          isThere = resolve;
        }),
    );
    const ending = ended();
    await new Promise(setImmediate);
    expect(happened).toEqual(['accepted', 'keeping', 'dispatched']);
    isThere();
    await ending;
    expect(happened.slice(3)).toEqual(['kept', 'completed']);
  });

  it('that cannot be kept ends the request in a failure: its answer could be reported to nobody', async () => {
    const { ended, happened } = setUp(() => Promise.reject(new ServingError('unavailable', 'away')));
    expect((await ended()).contentType).toBe(PROBLEM_TYPE);
    expect(happened.at(-1)).toBe('failed');
  });

  it('is nothing of images that are of none: then nothing is written', async () => {
    const { ended, happened } = setUp(() => Promise.resolve(), {});
    await ended();
    expect(happened).toEqual(['accepted', 'dispatched', 'completed']);
  });
});
