import { ServingError } from '@medserve/errors';
import { isUid } from '@medserve/imaging';
import type { WorkitemIndex } from '@medserve/storage';
import {
  INPUT_READINESS,
  itemsOf,
  textOf,
  UPS_TAG,
  valuesOf,
  WORKITEM_PRIORITIES,
  type WorkitemDataSet,
} from '@medserve/studies';
import { momentOf } from './date-time';

const bad = (detail: string, field: string): ServingError => new ServingError('invalid_request', detail, { field });

/** What is of type 2 when a workitem is created (PS3.4 table CC.2.5-3): present, and empty where nothing is known. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  [UPS_TAG.patientName]: 'PN',
  [UPS_TAG.patientId]: 'LO',
  [UPS_TAG.birthDate]: 'DA',
  [UPS_TAG.sex]: 'CS',
  [UPS_TAG.workitemCodes]: 'SQ',
  [UPS_TAG.inputs]: 'SQ',
  [UPS_TAG.stationNames]: 'SQ',
  [UPS_TAG.requests]: 'SQ',
  [UPS_TAG.parameters]: 'SQ',
  [UPS_TAG.progressInformation]: 'SQ',
  [UPS_TAG.performed]: 'SQ',
};

/** What the manager says and nobody else. */
const OF_THE_MANAGER = [UPS_TAG.sopClassUid, UPS_TAG.sopInstanceUid, UPS_TAG.transactionUid, UPS_TAG.modifiedAt];

/** Worklist Label of one that was sent without. */
const NO_LABEL = 'UNASSIGNED';

export interface ScheduledWorkitem {
  readonly dataSet: WorkitemDataSet;
  /** Whether something was added that was not sent. */
  readonly isModified: boolean;
}

/**
 * A data set as it is kept when a workitem is created (PS3.18 11.4, PS3.4 CC.2.5).
 *
 * @throws ServingError `invalid_request` naming the attribute
 */
export function scheduled(sent: WorkitemDataSet): ScheduledWorkitem {
  if (textOf(sent, UPS_TAG.state) !== 'SCHEDULED') {
    throw bad('A workitem is created with the Procedure Step State SCHEDULED.', 'ProcedureStepState');
  }
  if (textOf(sent, UPS_TAG.transactionUid) !== undefined) {
    throw bad('A workitem is created without a Transaction UID.', 'TransactionUID');
  }
  if (textOf(sent, UPS_TAG.label) === undefined) throw bad('It has no value.', 'ProcedureStepLabel');
  for (const [keyword, tag] of [
    ['ProcedureStepProgressInformationSequence', UPS_TAG.progressInformation],
    ['UnifiedProcedureStepPerformedProcedureSequence', UPS_TAG.performed],
  ] as const) {
    if (valuesOf(sent, tag).length > 0) throw bad('It is empty when a workitem is created.', keyword);
  }
  const missing = Object.entries(MAY_BE_EMPTY).filter(([tag]) => sent[tag] === undefined);
  const hasLabel = textOf(sent, UPS_TAG.worklistLabel) !== undefined;
  const added = Object.fromEntries(missing.map(([tag, vr]) => [tag, { vr }]));
  const dataSet = withoutManagers({
    ...sent,
    ...added,
    ...(hasLabel ? {} : { [UPS_TAG.worklistLabel]: { vr: 'LO', Value: [NO_LABEL] } }),
  });
  return { dataSet, isModified: missing.length > 0 || !hasLabel };
}

/**
 * The UID that a workitem is to have. The standard has it in the request alone (PS3.18 11.4.1.4), and many clients have it in the data
 * set as well, or only there: of a workitem with another UID they would know nothing.
 *
 * @throws ServingError `invalid_request` for what is no UID, and where request and data set give two
 */
export function wantedUid(uid: string | undefined, sent: WorkitemDataSet): string | undefined {
  const own = textOf(sent, UPS_TAG.sopInstanceUid);
  if (own === undefined) return uid;
  if (!isUid(own)) throw bad('The SOP Instance UID is no UID.', 'SOPInstanceUID');
  if (uid !== undefined && uid !== own) throw bad('It is not the UID that the query gives.', 'SOPInstanceUID');
  return own;
}

/** What changes of a workitem (PS3.18 11.6), where it may. An attribute is replaced as a whole. */
export const updated = (dataSet: WorkitemDataSet, changes: WorkitemDataSet): WorkitemDataSet =>
  withoutManagers({ ...dataSet, ...changes });

const withoutManagers = (dataSet: WorkitemDataSet): WorkitemDataSet =>
  Object.fromEntries(
    Object.entries(dataSet)
      .filter(([tag]) => !(OF_THE_MANAGER as readonly string[]).includes(tag) && tag !== UPS_TAG.state)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

/**
 * What a workitem is found by.
 *
 * @param isRoute whether a label is a route of ours: that works on one study
 * @throws ServingError `invalid_request` where an attribute of type 1 has no value that it may have
 */
export function indexOf(dataSet: WorkitemDataSet, isRoute: (label: string) => boolean): WorkitemIndex {
  const priority = oneOf(WORKITEM_PRIORITIES, textOf(dataSet, UPS_TAG.priority), 'ScheduledProcedureStepPriority');
  const readiness = oneOf(INPUT_READINESS, textOf(dataSet, UPS_TAG.readiness), 'InputReadinessState');
  const scheduledAt = momentOf(textOf(dataSet, UPS_TAG.startsAt) ?? '');
  if (scheduledAt === undefined) throw bad('It has no date and time.', 'ScheduledProcedureStepStartDateTime');
  const label = textOf(dataSet, UPS_TAG.worklistLabel) ?? NO_LABEL;
  const inputs = itemsOf(dataSet, UPS_TAG.inputs);
  const requests = itemsOf(dataSet, UPS_TAG.requests);
  const ofInputs = uidsOf(inputs, UPS_TAG.studyUid);
  const others = uidsOf([dataSet, ...requests], UPS_TAG.studyUid);
  const studyUids = [...new Set([...ofInputs, ...others])];
  if (isRoute(label) && (ofInputs.length > 0 ? ofInputs : studyUids).length !== 1) {
    throw bad('A workitem for a route names one study.', 'InputInformationSequence');
  }
  const references = inputs.flatMap((item) => itemsOf(item, UPS_TAG.referencedSops));
  return {
    label,
    priority,
    readiness,
    scheduledAt,
    patientId: textOf(dataSet, UPS_TAG.patientId),
    patientName: nameOf(valuesOf(dataSet, UPS_TAG.patientName)[0]),
    accession: requests.map((request) => textOf(request, UPS_TAG.accessionNumber)).find((one) => one !== undefined),
    studyUids,
    inputs: uidsOf(references, UPS_TAG.referencedSopInstanceUid),
  };
}

const uidsOf = (items: readonly WorkitemDataSet[], tag: string): string[] => [
  ...new Set(items.flatMap((item) => textOf(item, tag) ?? [])),
];

function oneOf<T extends string>(words: readonly T[], text: string | undefined, field: string): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw bad(`It is not one of ${words.join(', ')}.`, field);
  return found;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const name = (value as { readonly Alphabetic?: unknown } | undefined)?.Alphabetic;
  return typeof name === 'string' ? name : undefined;
}
