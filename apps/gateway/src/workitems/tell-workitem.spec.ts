import { vrOf } from '@medserve/imaging';
import type { FacedWorkitem } from '@medserve/storage';
import { itemsOf, textOf, UPS_TAG, valuesOf, type WorkitemDataSet } from '@medserve/studies';
import { tellWorkitem } from './tell-workitem';

const BASE = 'http://host/dicom-web';
const result = { sopClassUid: '1.2.88.34', sopInstanceUid: '2.25.9', seriesUid: '2.25.8' };
const input = (at: number) => ({ sopClassUid: '1.2.2', sopInstanceUid: `1.2.1.${String(at)}`, seriesUid: '1.2.1' });

const work = (more: Partial<FacedWorkitem> = {}): FacedWorkitem => ({
  uid: null,
  uuid: '00000000-0000-8000-8000-00000000002a',
  state: 'SCHEDULED',
  label: 'ct',
  priority: 'HIGH',
  readiness: 'INCOMPLETE',
  scheduledAt: new Date('2026-11-26T07:00:00Z'),
  modifiedAt: new Date('2026-11-26T07:01:00Z'),
  endedAt: null,
  begunAt: null,
  dataSet: null,
  revision: 0,
  transactionUid: null,
  isOurs: true,
  studyUid: '1.2',
  generation: 1,
  reason: null,
  says: null,
  patient: { [UPS_TAG.patientName]: { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] } },
  results: [],
  ...more,
});
const first = (dataSet: WorkitemDataSet, ...path: readonly string[]): WorkitemDataSet =>
  path.reduce((item, tag) => itemsOf(item, tag)[0] ?? {}, dataSet);

describe('the work of a route as a workitem', () => {
  it('has every attribute that a worklist is to have', () => {
    const dataSet = tellWorkitem(work(), BASE, [input(1), input(2)]);
    expect(Object.keys(dataSet)).toEqual([...Object.keys(dataSet)].sort());
    expect(
      [UPS_TAG.state, UPS_TAG.worklistLabel, UPS_TAG.priority, UPS_TAG.readiness, UPS_TAG.startsAt].map((tag) =>
        textOf(dataSet, tag),
      ),
    ).toEqual(['SCHEDULED', 'ct', 'HIGH', 'INCOMPLETE', '20261126070000.000+0000']);
    expect(textOf(dataSet, UPS_TAG.sopInstanceUid)).toMatch(/^2\.25\.\d+$/);
    expect(dataSet[UPS_TAG.patientName]).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] });
    expect(itemsOf(first(dataSet, UPS_TAG.inputs), UPS_TAG.referencedSops)).toHaveLength(2);
    for (const tag of [UPS_TAG.parameters, UPS_TAG.performed, UPS_TAG.progressInformation])
      expect(valuesOf(dataSet, tag)).toEqual([]);
  });

  it.each(['SCHEDULED', 'COMPLETED', 'CANCELED'] as const)('is written by the dictionary where it is %s', (state) => {
    const isWritten = (dataSet: WorkitemDataSet): boolean =>
      Object.entries(dataSet).every(
        ([tag, { vr }]) => vr === vrOf(Number.parseInt(tag, 16)) && itemsOf(dataSet, tag).every(isItem),
      );
    const isItem = (item: WorkitemDataSet): boolean => 'Alphabetic' in item || isWritten(item);
    expect(isWritten(tellWorkitem(work({ state, results: [result] }), BASE, [input(1)]))).toBe(true);
  });

  it('names what came of it, and where that is read', () => {
    const endedAt = new Date('2026-11-26T07:02:00Z');
    const dataSet = tellWorkitem(work({ state: 'COMPLETED', endedAt, results: [result] }), BASE);
    const output = first(dataSet, UPS_TAG.performed, UPS_TAG.outputs);
    expect(textOf(first(output, UPS_TAG.wadoRs), UPS_TAG.retrieveUrl)).toBe(
      `${BASE}/studies/1.2/series/2.25.8/instances/2.25.9`,
    );
    expect(textOf(first(output, UPS_TAG.referencedSops), UPS_TAG.referencedSopClassUid)).toBe('1.2.88.34');
    expect(textOf(first(dataSet, UPS_TAG.performed), UPS_TAG.performedUntil)).toBe('20261126070200.000+0000');
  });

  it('says why it was cancelled', () => {
    const dataSet = tellWorkitem(work({ state: 'CANCELED', reason: 'too_few_slices', says: 'only 3 slices' }), BASE);
    expect(textOf(first(dataSet, UPS_TAG.progressInformation), UPS_TAG.cancelReason)).toBe('only 3 slices');
  });

  it('never tells the Transaction UID of a performer', () => {
    const dataSet = { [UPS_TAG.transactionUid]: { vr: 'UI', Value: ['2.25.1'] } };
    const claimed = work({
      uid: '1.9',
      uuid: null,
      state: 'IN PROGRESS',
      isOurs: false,
      transactionUid: '2.25.1',
      dataSet,
    });
    expect(JSON.stringify(tellWorkitem(claimed, BASE))).not.toContain('2.25.1"');
  });
});
