import { itemsOf, textOf, UPS_TAG, valuesOf, type WorkitemDataSet, type WorkitemElement } from './data-set';

/** What has to stand in the only item of the Unified Procedure Step Performed Procedure Sequence, by keyword. */
const PERFORMED = {
  PerformedStationNameCodeSequence: UPS_TAG.performedStationNames,
  PerformedWorkitemCodeSequence: UPS_TAG.performedWorkitemCodes,
  PerformedProcedureStepStartDateTime: UPS_TAG.performedFrom,
  PerformedProcedureStepEndDateTime: UPS_TAG.performedUntil,
} as const;

/**
 * Keywords of what a workitem lacks to be COMPLETED: the attributes of final state code P or R (PS3.4 table CC.2.5-3). The Output
 * Information Sequence has to be there, and may be empty where nothing was made.
 */
export function missingForCompletion(dataSet: WorkitemDataSet): readonly string[] {
  const [performed] = itemsOf(dataSet, UPS_TAG.performed);
  if (performed === undefined) return ['UnifiedProcedureStepPerformedProcedureSequence'];
  const missing = Object.entries(PERFORMED).filter(([, tag]) => valuesOf(performed, tag).length === 0);
  return [
    ...missing.map(([keyword]) => keyword),
    ...(performed[UPS_TAG.outputs] === undefined ? ['OutputInformationSequence'] : []),
  ];
}

/** PS3.16 CID 9301. */
const UNSPECIFIED = { value: '110513', scheme: 'DCM', meaning: 'Discontinued for unspecified reason' };

/**
 * A workitem with what it needs to be CANCELED: where its performer says neither when nor why, the manager does (PS3.4 CC.2.1.3).
 *
 * @param at a DICOM DT
 */
export function withCancellation(dataSet: WorkitemDataSet, at: string, reason?: string): WorkitemDataSet {
  const [progress = {}] = itemsOf(dataSet, UPS_TAG.progressInformation);
  const item: WorkitemDataSet = {
    ...(reason === undefined ? {} : { [UPS_TAG.cancelReason]: text('LT', reason) }),
    ...progress,
    ...(textOf(progress, UPS_TAG.cancelledAt) === undefined ? { [UPS_TAG.cancelledAt]: text('DT', at) } : {}),
    ...(itemsOf(progress, UPS_TAG.discontinuationReasons).length === 0
      ? { [UPS_TAG.discontinuationReasons]: code(UNSPECIFIED) }
      : {}),
  };
  return { ...dataSet, [UPS_TAG.progressInformation]: { vr: 'SQ', Value: [item] } };
}

const text = (vr: string, value: string): WorkitemElement => ({ vr, Value: [value] });

const code = ({ value, scheme, meaning }: typeof UNSPECIFIED): WorkitemElement => ({
  vr: 'SQ',
  Value: [
    {
      [UPS_TAG.codeValue]: text('SH', value),
      [UPS_TAG.codingScheme]: text('SH', scheme),
      [UPS_TAG.codeMeaning]: text('LO', meaning),
    },
  ],
});
