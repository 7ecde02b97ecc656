import { Sensitive, type StudyContext } from '@medserve/clinical';
import type { ClaimedDelivery } from '@medserve/delivery';
import { joinContexts } from './join-contexts';
import { StoredParcels, type StoredParcelsParts } from './stored-parcels';

const delivery: ClaimedDelivery = {
  id: 'd',
  tenant: 'home',
  studyUid: '1.2',
  generation: 2,
  destination: 'pacs',
  lease: 'l',
  attempts: 3,
  answered: 2,
  createdAt: new Date(5),
  ageMs: 9,
  arrived: ['1.2.1'],
};

const context = (uid: string, ...series: string[]): StudyContext => ({
  patient: { id: 'P-17' },
  study: { uid },
  series: series.map((one) => ({ uid: one, instances: [] })),
});

const RUNS = [
  { route: 'ct', name: 'one', state: 'answered', request: 'r1' },
  { route: 'ct', name: 'two', state: 'failed', request: 'r0' },
  { route: 'ct', name: 'three', state: 'skipped' },
  { route: 'ct', name: 'four', state: 'answered', request: 'r2' },
];

const RESULTS = [
  { kind: 'sr', sopClassUid: 'SR', sopInstanceUid: '1.2.1', seriesUid: '1.2.9' },
  { kind: 'seg', sopClassUid: 'SEG', sopInstanceUid: '1.2.2', seriesUid: '1.2.8' },
];

const parcels = (kept: readonly string[]): StoredParcels =>
  new StoredParcels({
    studies: {
      results: () => Promise.resolve(RESULTS),
      runs: () => Promise.resolve(RUNS),
    },
    archive: {
      read: () =>
        Promise.resolve({
          kind: 'found',
          instances: kept.map((sopInstanceUid) => ({ sopInstanceUid, sopClassUid: 'SEG', transferSyntaxUid: 'T' })),
        }),
      open: () => ({ bytes: 4, read: () => Promise.resolve(Buffer.from('file')) }),
    },
    records: {
      find: (_tenant: string, id: string) =>
        Promise.resolve({ status: 'completed', result: { bytes: Buffer.from(`{"id":"${id}"}`) } }),
    },
    contexts: {
      of: (_tenant: string, id: string) => Promise.resolve(new Sensitive(context('1.2', `series of ${id}`))),
    },
    url: () => 'https://h',
  } as unknown as StoredParcelsParts);

describe('a parcel', () => {
  it('holds the objects that have not arrived, as the archive has them', async () => {
    const objects = await parcels(['1.2.1', '1.2.2']).of(delivery).objects();
    expect(objects).toMatchObject([{ kind: 'seg', sopInstanceUid: '1.2.2', sopClassUid: 'SEG', bytes: 4 }]);
    expect(String(await objects[0]?.read())).toBe('file');
  });

  it('cannot be made where an object was removed from the archive', async () => {
    await expect(parcels(['1.2.1']).of(delivery).objects()).rejects.toThrow('not in the archive any more');
  });

  it('tells of every run that was answered, in one study, at the time of the delivery and not of the attempt', async () => {
    const report = await parcels([]).of(delivery).report();
    expect(report).toMatchObject({
      runs: [
        { requestId: 'r1', name: 'ct/one', series: [{ uid: 'series of r1' }] },
        { requestId: 'r2', name: 'ct/four', series: [{ uid: 'series of r2' }] },
      ],
      context: { patient: { id: 'P-17' }, series: [{ uid: 'series of r1' }, { uid: 'series of r2' }] },
      generation: 2,
      now: new Date(5),
      baseUrl: 'https://h',
      instances: [{ modality: 'SR' }, { modality: 'SEG' }],
    });
  });
});

describe('contexts of one study', () => {
  it('have each series once', () => {
    expect(joinContexts([context('1.2', 'a', 'b'), context('1.2', 'b', 'c')])?.series.map(({ uid }) => uid)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(joinContexts([])).toBeUndefined();
  });

  it('have of a series the images that any of them saw', () => {
    const saw = (...images: string[]): StudyContext => ({
      ...context('1.2'),
      series: [
        {
          uid: 'a',
          instances: images.map((sopInstanceUid, input) => ({ sopClassUid: 'CR', sopInstanceUid, input })),
        },
      ],
    });
    const joined = joinContexts([saw('a.1'), saw('a.2'), saw('a.2', 'a.3')]);
    expect(joined?.series).toHaveLength(1);
    expect(joined?.series[0]?.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['a.1', 'a.2', 'a.3']);
  });
});
