import { vrOf } from '@medserve/imaging';
import type { FacedWorkitem, WorkitemInstance } from '@medserve/storage';
import {
  isFinal,
  textOf,
  UPS_PUSH,
  UPS_TAG,
  withCancellation,
  type WorkitemDataSet,
  type WorkitemElement,
} from '@medserve/studies';
import { IMAGE_PROCESSING, STATION } from './codes-of-routes';
import { dateTimeOf } from './date-time';
import { uidOfUuid } from './work-uid';

const OF_PATIENT = [UPS_TAG.patientName, UPS_TAG.patientId, UPS_TAG.birthDate, UPS_TAG.sex];

function element(vr: string, ...Value: readonly (string | number | WorkitemDataSet | undefined)[]): WorkitemElement {
  const given = Value.filter((value) => value !== undefined);
  return given.length === 0 ? { vr } : { vr, Value: given };
}

export const uidOf = ({ uid, uuid }: Pick<FacedWorkitem, 'uid' | 'uuid'>): string => uid ?? uidOfUuid(uuid ?? '');

/**
 * A workitem as a data set in the DICOM JSON model (PS3.4 table CC.2.5-3), without its Transaction UID, which is a lock (PS3.18 11.5).
 *
 * @param base URL of the DICOMweb service, for where outputs are retrieved
 * @param inputs of a route's work; absent: they are not told
 */
export function tellWorkitem(item: FacedWorkitem, base: string, inputs?: readonly WorkitemInstance[]): WorkitemDataSet {
  const known = item.dataSet ?? ofRoute(item, inputs);
  const ended = item.isOurs && isFinal(item.state) ? endedByUs(known, item, base) : known;
  const dataSet: WorkitemDataSet = {
    ...ended,
    '00080005': element('CS', 'ISO_IR 192'),
    [UPS_TAG.sopClassUid]: element('UI', UPS_PUSH),
    [UPS_TAG.sopInstanceUid]: element('UI', uidOf(item)),
    [UPS_TAG.modifiedAt]: element('DT', dateTimeOf(item.modifiedAt)),
    [UPS_TAG.state]: element('CS', item.state),
  };
  return Object.fromEntries(
    Object.entries(dataSet)
      .filter(([tag]) => tag !== UPS_TAG.transactionUid)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function ofRoute(item: FacedWorkitem, inputs: readonly WorkitemInstance[] | undefined): WorkitemDataSet {
  const patient = item.patient ?? {};
  const studyUid = item.studyUid ?? undefined;
  return {
    ...Object.fromEntries(OF_PATIENT.map((tag) => [tag, patient[tag] ?? { vr: vrOf(Number.parseInt(tag, 16)) }])),
    [UPS_TAG.studyUid]: element('UI', studyUid),
    [UPS_TAG.startsAt]: element('DT', dateTimeOf(item.scheduledAt)),
    [UPS_TAG.workitemCodes]: element('SQ', IMAGE_PROCESSING),
    [UPS_TAG.stationNames]: element('SQ', STATION),
    ...(inputs === undefined ? {} : { [UPS_TAG.inputs]: element('SQ', ...inputsOf(studyUid ?? '', inputs)) }),
    [UPS_TAG.readiness]: element('CS', item.readiness),
    [UPS_TAG.requests]: element('SQ', {
      [UPS_TAG.studyUid]: element('UI', studyUid),
      [UPS_TAG.accessionNumber]: element('SH', textOf(patient, UPS_TAG.accessionNumber)),
    }),
    [UPS_TAG.progressInformation]: element('SQ'),
    [UPS_TAG.priority]: element('CS', item.priority),
    [UPS_TAG.worklistLabel]: element('LO', item.label),
    [UPS_TAG.label]: element('LO', item.label),
    [UPS_TAG.parameters]: element('SQ'),
    [UPS_TAG.performed]: element('SQ'),
  };
}

const inputsOf = (studyUid: string, inputs: readonly WorkitemInstance[]): WorkitemDataSet[] =>
  [...Map.groupBy(inputs, ({ seriesUid }) => seriesUid)].map(([seriesUid, instances]) => ({
    [UPS_TAG.referencedSops]: element('SQ', ...instances.map(referenceOf)),
    [UPS_TAG.studyUid]: element('UI', studyUid),
    [UPS_TAG.seriesUid]: element('UI', seriesUid),
    [UPS_TAG.typeOfInstances]: element('CS', 'DICOM'),
  }));

const referenceOf = ({ sopClassUid, sopInstanceUid }: WorkitemInstance): WorkitemDataSet => ({
  [UPS_TAG.referencedSopClassUid]: element('UI', sopClassUid),
  [UPS_TAG.referencedSopInstanceUid]: element('UI', sopInstanceUid),
});

function endedByUs(dataSet: WorkitemDataSet, item: FacedWorkitem, base: string): WorkitemDataSet {
  const endedAt = dateTimeOf(item.endedAt ?? item.modifiedAt);
  if (item.state === 'CANCELED') return withCancellation(dataSet, endedAt, item.says ?? item.reason ?? undefined);
  const performed: WorkitemDataSet = {
    [UPS_TAG.performedWorkitemCodes]: element('SQ', IMAGE_PROCESSING),
    [UPS_TAG.performedStationNames]: element('SQ', STATION),
    [UPS_TAG.performedFrom]: element('DT', dateTimeOf(item.begunAt ?? item.scheduledAt)),
    [UPS_TAG.performedUntil]: element('DT', endedAt),
    [UPS_TAG.outputs]: element('SQ', ...item.results.map((result) => outputOf(item.studyUid ?? '', result, base))),
  };
  return { ...dataSet, [UPS_TAG.performed]: element('SQ', performed) };
}

const outputOf = (studyUid: string, result: WorkitemInstance, base: string): WorkitemDataSet => ({
  [UPS_TAG.referencedSops]: element('SQ', referenceOf(result)),
  [UPS_TAG.studyUid]: element('UI', studyUid),
  [UPS_TAG.seriesUid]: element('UI', result.seriesUid),
  [UPS_TAG.typeOfInstances]: element('CS', 'DICOM'),
  [UPS_TAG.wadoRs]: element('SQ', {
    [UPS_TAG.retrieveUrl]: element(
      'UR',
      `${base}/studies/${studyUid}/series/${result.seriesUid}/instances/${result.sopInstanceUid}`,
    ),
  }),
});
