import type { OpenedInstance, StoreOutcome, StudySummary } from '@medserve/archive';
import { DECODE_LIMITS, readDataSet, readPart10Head, type ResultInput, type ResultObject } from '@medserve/imaging';
import { NO_PLAN, type StudyRun, type StudyWork } from '@medserve/studies';
import { dicomFile, image } from '@medserve/testkit';
import { MakeResults } from './make-results';

const EQUIPMENT = { manufacturer: 'm', model: 'm', version: '1', serial: '1' };
const OBJECT: ResultObject = {
  kind: 'sr',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
  sopInstanceUid: '2.25.1',
  seriesUid: '2.25.2',
  bytes: Buffer.from('an object'),
};
const RUN: StudyRun = {
  route: 'ct',
  name: 'tissue',
  task: 'measure',
  parameters: {},
  class: 'routine',
  deadlineMs: 60_000,
  isOptional: false,
  seriesUid: '1.2.3.1',
  instances: ['1.1', '1.2'],
  state: 'answered',
  attempts: 1,
  request: 'r-1',
};

const work = (more: Partial<StudyWork> = {}): StudyWork => ({
  tenant: 'north',
  studyUid: '1.2.3',
  generation: 2,
  token: 1,
  state: 'inferred',
  now: new Date(9_000),
  firstAt: new Date(0),
  lastAt: new Date(0),
  inferredAt: new Date(5_000),
  arrivals: 2,
  attempts: 0,
  losses: 0,
  plan: { ...NO_PLAN, wants: ['sr'] },
  runs: [RUN, { ...RUN, name: 'regions', state: 'skipped' }],
  ...more,
});

const refused = (reason: 'duplicate' | 'out_of_resources' | 'cannot_understand'): StoreOutcome => ({
  kind: 'refused',
  refusal: { status: 0, reason },
});

const PIXELS = Buffer.alloc(64 * 64 * 2, 1);
const BEGINS_PIXELS = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]);

const sliceOf = (uid: string, more: object = {}): Buffer =>
  dicomFile(image(64, 64, { 0x00080018: ['UI', uid], ...more, 0x7fe00010: ['OW', PIXELS] }));

const headerOf = (header: Buffer): ReturnType<typeof readDataSet> =>
  readDataSet(header, readPart10Head(header).dataSetOffset, { implicitVr: false, littleEndian: true }, DECODE_LIMITS, {
    enters: () => false,
    wholly: false,
    beforePixels: true,
  });

function rig(
  outcome: StoreOutcome = { kind: 'stored', isNew: true } as StoreOutcome,
  file = sliceOf,
  isKept = () => true,
) {
  const inputs: ResultInput[] = [];
  const put: unknown[] = [];
  const opens: number[] = [];
  const failures: Promise<never>[] = [];
  const opened = (uid: string): OpenedInstance =>
    ({
      instance: { transferSyntaxUid: '1.2.840.10008.1.2.1' },
      bytes: file(uid).length,
      dataSetOffset: readPart10Head(file(uid)).dataSetOffset,
      read: () => Promise.resolve(file(uid)),
      readPart: (from: number, to: number) => Promise.resolve(file(uid).subarray(from, to)),
    }) as unknown as OpenedInstance;
  const results = new MakeResults({
    records: {
      find: (_tenant, id) =>
        Promise.resolve({
          status: 'completed',
          result: { bytes: Buffer.from(JSON.stringify({ id })), contentType: 'application/json' },
        }),
    },
    store: { resultsBefore: () => Promise.resolve([{ ...OBJECT, sopInstanceUid: '2.25.0' }]) },
    files: {
      open: (_tenant, _study, uids) => {
        opens.push(uids.length);
        return failures.shift() ?? Promise.resolve(uids.map(opened));
      },
    },
    archive: {
      study: () => Promise.resolve(isKept() ? ({} as StudySummary) : undefined),
      put: async (origin, bytes, conditions) => {
        await conditions?.holds?.();
        put.push([origin.door, origin.tenant, bytes, conditions?.studyUid]);
        return outcome;
      },
    },
    writer: {
      warm: () => undefined,
      write: (input) => {
        inputs.push(input);
        return Promise.resolve([OBJECT]);
      },
    },
    equipment: EQUIPMENT,
  });
  const make = (more: Partial<StudyWork> = {}) => results.make(work(more), new AbortController().signal);
  return { results, make, inputs, put, opens, failures };
}

describe('the results of a study', () => {
  it('are made of the answers on record and the headers, at a time that stays the same', async () => {
    const { make, inputs } = rig();
    expect(await make()).toEqual([
      { kind: 'sr', sopClassUid: OBJECT.sopClassUid, sopInstanceUid: '2.25.1', seriesUid: '2.25.2' },
    ]);
    expect(inputs[0]).toMatchObject({
      runs: [{ name: 'ct/tissue', requestId: 'r-1', document: { id: 'r-1' } }],
      generation: 2,
      now: new Date(5_000),
      predecessor: { sopInstanceUid: '2.25.0' },
      wants: ['sr'],
    });
    const headers = inputs[0]?.runs[0]?.sources.map(({ header }) => headerOf(header)) ?? [];
    expect(headers.map((dataSet) => dataSet.text(0x00080018))).toEqual(['1.1', '1.2']);
  });

  it('take headers that were read while the model worked, and read them where that failed', async () => {
    const { results, make, inputs, opens, failures } = rig();
    results.ahead(work(), RUN);
    await make();
    expect(opens).toEqual([2]);
    failures.push(Promise.reject(new Error('away')));
    results.ahead(work(), RUN);
    await make();
    expect(opens).toEqual([2, 2, 2]);
    expect(inputs.map(({ runs }) => runs[0]?.sources.length)).toEqual([2, 2]);
  });

  it('are made without the pixels of the slices, of which there are hundreds', async () => {
    const { make, inputs } = rig();
    await make();
    const [source] = inputs[0]?.runs[0]?.sources ?? [];
    const whole = sliceOf('1.1');
    expect(source?.header.length).toBe(whole.length - PIXELS.length);
    // It crosses to a thread: a view would take along all that it is a view of.
    expect(source?.header.buffer.byteLength).toBe(source?.header.length);
    expect(await source?.read()).toEqual(whole);
  });

  it('are not misled by a value that looks like the beginning of pixels', async () => {
    const { make, inputs } = rig(undefined, (uid) => sliceOf(uid, { 0x00091001: ['OB', BEGINS_PIXELS] }));
    await make();
    const [source] = inputs[0]?.runs[0]?.sources ?? [];
    expect(headerOf(source?.header ?? Buffer.alloc(0)).elements.has(0x00280010)).toBe(true);
  });

  it('are put into the archive by our own door, into the study that they are of', async () => {
    const { make, put } = rig();
    await make();
    expect(put).toEqual([['own', 'north', OBJECT.bytes, '1.2.3']]);
  });

  it('are not put where the study was removed while they were made: it would be there again', async () => {
    const { make, put } = rig(undefined, undefined, () => false);
    await expect(make()).rejects.toMatchObject({ reason: 'not_found' });
    expect(put).toEqual([]);
  });

  it('that another version of ours left there stand as they are', async () => {
    expect(await rig(refused('duplicate')).make()).toHaveLength(1);
  });

  it.each([
    ['out_of_resources', 'unavailable'],
    ['cannot_understand', 'internal'],
  ] as const)('that the archive refuses with %s are %s', async (reason, said) => {
    await expect(rig(refused(reason)).make()).rejects.toMatchObject({ reason: said });
  });

  it('are none where the routes want none: then nothing is read', async () => {
    const { results, make, inputs, opens } = rig();
    const wantsNone = { plan: { ...NO_PLAN, wants: [] } };
    results.ahead(work(wantsNone), RUN);
    expect(await make(wantsNone)).toEqual([]);
    expect([inputs, opens]).toEqual([[], []]);
  });
});
