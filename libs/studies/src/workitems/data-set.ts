/** One element as the DICOM JSON model has it (PS3.18 F.2), as far as a workitem has any. */
export interface WorkitemElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
}

/** Attributes by tag, eight hexadecimal digits in capitals. */
export type WorkitemDataSet = Readonly<Record<string, WorkitemElement>>;

/** Attributes of the UPS IOD (PS3.4 table CC.2.5-3) that decide something here. */
export const UPS_TAG = {
  sopClassUid: '00080016',
  sopInstanceUid: '00080018',
  accessionNumber: '00080050',
  codeValue: '00080100',
  codingScheme: '00080102',
  codeMeaning: '00080104',
  retrieveUrl: '00081190',
  referencedSopClassUid: '00081150',
  referencedSopInstanceUid: '00081155',
  transactionUid: '00081195',
  referencedSops: '00081199',
  patientName: '00100010',
  patientId: '00100020',
  birthDate: '00100030',
  sex: '00100040',
  studyUid: '0020000D',
  seriesUid: '0020000E',
  startsAt: '00404005',
  modifiedAt: '00404010',
  workitemCodes: '00404018',
  performedWorkitemCodes: '00404019',
  inputs: '00404021',
  stationNames: '00404025',
  stationClasses: '00404026',
  stationPlaces: '00404027',
  performedStationNames: '00404028',
  outputs: '00404033',
  readiness: '00404041',
  performedFrom: '00404050',
  performedUntil: '00404051',
  cancelledAt: '00404052',
  typeOfInstances: '0040E020',
  wadoRs: '0040E025',
  requests: '0040A370',
  state: '00741000',
  progressInformation: '00741002',
  discontinuationReasons: '0074100E',
  contactName: '0074100C',
  contactUri: '0074100A',
  priority: '00741200',
  worklistLabel: '00741202',
  label: '00741204',
  parameters: '00741210',
  performed: '00741216',
  requestingAe: '00741236',
  cancelReason: '00741238',
} as const;

export const valuesOf = (dataSet: WorkitemDataSet, tag: string): readonly unknown[] => dataSet[tag]?.Value ?? [];

/** The first value, where it is text that says something. */
export function textOf(dataSet: WorkitemDataSet, tag: string): string | undefined {
  const [value] = valuesOf(dataSet, tag);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

export const itemsOf = (dataSet: WorkitemDataSet, tag: string): readonly WorkitemDataSet[] =>
  valuesOf(dataSet, tag).filter((value): value is WorkitemDataSet => typeof value === 'object' && value !== null);
