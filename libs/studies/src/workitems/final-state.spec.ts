import { itemsOf, textOf, UPS_TAG, type WorkitemDataSet } from './data-set';
import { missingForCompletion, withCancellation } from './final-state';

const code = { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['110001'] } }] };
const performed = (more: WorkitemDataSet = {}): WorkitemDataSet => ({
  [UPS_TAG.performed]: {
    vr: 'SQ',
    Value: [
      {
        [UPS_TAG.performedStationNames]: code,
        [UPS_TAG.performedWorkitemCodes]: code,
        [UPS_TAG.performedFrom]: { vr: 'DT', Value: ['20261126060000'] },
        [UPS_TAG.performedUntil]: { vr: 'DT', Value: ['20261126060100'] },
        [UPS_TAG.outputs]: { vr: 'SQ' },
        ...more,
      },
    ],
  },
});

describe('a workitem that is to be completed', () => {
  it('says what was performed, though nothing came of it', () => {
    expect(missingForCompletion(performed())).toEqual([]);
  });

  it.each([
    ['no word of it', {}, ['UnifiedProcedureStepPerformedProcedureSequence']],
    ['no end', performed({ [UPS_TAG.performedUntil]: { vr: 'DT', Value: [] } }), ['PerformedProcedureStepEndDateTime']],
  ])('is not with %s', (_what, dataSet, missing) => {
    expect(missingForCompletion(dataSet)).toEqual(missing);
  });

  it('is not without a word on its outputs', () => {
    const [item = {}] = itemsOf(performed(), UPS_TAG.performed);
    const rest = Object.fromEntries(Object.entries(item).filter(([tag]) => tag !== UPS_TAG.outputs));
    expect(missingForCompletion({ [UPS_TAG.performed]: { vr: 'SQ', Value: [rest] } })).toEqual([
      'OutputInformationSequence',
    ]);
  });
});

describe('a workitem that is cancelled', () => {
  const progress = (dataSet: WorkitemDataSet): WorkitemDataSet =>
    itemsOf(dataSet, UPS_TAG.progressInformation)[0] ?? {};

  it('has a time and a reason, where its performer gave none', () => {
    const item = progress(withCancellation({}, '20261126', 'too few slices'));
    expect([textOf(item, UPS_TAG.cancelledAt), textOf(item, UPS_TAG.cancelReason)]).toEqual([
      '20261126',
      'too few slices',
    ]);
    expect(textOf(itemsOf(item, UPS_TAG.discontinuationReasons)[0] ?? {}, UPS_TAG.codeValue)).toBe('110513');
  });

  it('keeps those of its performer', () => {
    const own = { [UPS_TAG.cancelReason]: { vr: 'LT', Value: ['moved'] }, [UPS_TAG.discontinuationReasons]: code };
    const item = progress(
      withCancellation({ [UPS_TAG.progressInformation]: { vr: 'SQ', Value: [own] } }, '20261126', 'other'),
    );
    expect(item).toMatchObject(own);
    expect(textOf(item, UPS_TAG.cancelledAt)).toBe('20261126');
  });
});
