import type { Refusal, StoreOutcome } from '@medserve/archive';
import type { DicomJson, DicomJsonElement } from '@medserve/imaging';

/** What became of one part. `unfinished`: it was cut off, or it is not known whether it was stored. */
export type PartOutcome = StoreOutcome | { readonly kind: 'unfinished'; readonly status: number };

/** Out of resources (PS3.18 I.2.2). */
export const OUT_OF_RESOURCES = 0xa700;
/** Processing failure (PS3.7 C.5.7). */
export const PROCESSING_FAILURE = 0x0110;
/** Cannot understand (PS3.18 I.2.2). */
export const CANNOT_UNDERSTAND = 0xc000;

const TAGS = {
  retrieveUrl: '00081190',
  warningReason: '00081196',
  failureReason: '00081197',
  failed: '00081198',
  referenced: '00081199',
  other: '0008119A',
  sopClass: '00081150',
  sopInstance: '00081155',
} as const;

const text = (vr: 'UI' | 'UR', value: string): DicomJsonElement => ({ vr, Value: [value] });
const number = (value: number): DicomJsonElement => ({ vr: 'US', Value: [value] });
const sequence = (items: readonly DicomJson[]): DicomJsonElement => ({ vr: 'SQ', Value: items });

/** The store instances response (PS3.18 10.5.3.2, table I.2-1). @param base where DICOMweb is */
export function storeAnswer(outcomes: readonly PartOutcome[], base: string): DicomJson {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored');
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused').map(({ refusal }) => refusal);
  const failed = refused.filter(isNamed);
  const other = [
    ...refused.filter((refusal) => !isNamed(refusal)).map(({ status }) => status),
    ...outcomes.filter((outcome) => outcome.kind === 'unfinished').map(({ status }) => status),
  ];
  const studies = [...new Set(stored.map(({ instance }) => instance.studyUid))];
  const [study] = studies;
  return {
    ...(study !== undefined && studies.length === 1
      ? { [TAGS.retrieveUrl]: text('UR', `${base}/studies/${study}`) }
      : {}),
    ...(failed.length > 0 ? { [TAGS.failed]: sequence(failed.map(failedItem)) } : {}),
    ...(stored.length > 0 ? { [TAGS.referenced]: sequence(stored.map((outcome) => storedItem(outcome, base))) } : {}),
    ...(other.length > 0
      ? { [TAGS.other]: sequence(other.map((status) => ({ [TAGS.failureReason]: number(status) }))) }
      : {}),
  };
}

const isNamed = (refusal: Refusal): refusal is Refusal & { sopInstanceUid: string } =>
  refusal.sopInstanceUid !== undefined;

const failedItem = ({ sopClassUid, sopInstanceUid, status }: Refusal & { sopInstanceUid: string }): DicomJson => ({
  ...(sopClassUid === undefined ? {} : { [TAGS.sopClass]: text('UI', sopClassUid) }),
  [TAGS.sopInstance]: text('UI', sopInstanceUid),
  [TAGS.failureReason]: number(status),
});

function storedItem({ instance, warning }: Extract<StoreOutcome, { kind: 'stored' }>, base: string): DicomJson {
  const { studyUid, seriesUid, sopInstanceUid, sopClassUid } = instance;
  return {
    [TAGS.sopClass]: text('UI', sopClassUid),
    [TAGS.sopInstance]: text('UI', sopInstanceUid),
    [TAGS.retrieveUrl]: text('UR', `${base}/studies/${studyUid}/series/${seriesUid}/instances/${sopInstanceUid}`),
    ...(warning === undefined ? {} : { [TAGS.warningReason]: number(warning) }),
  };
}

/** The status of the answer (PS3.18 table 10.5.3-1). */
export function storeStatus(outcomes: readonly PartOutcome[]): 200 | 202 | 400 | 409 | 503 {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored');
  if (stored.length > 0) {
    const isClean = stored.length === outcomes.length && stored.every(({ warning }) => warning === undefined);
    return isClean ? 200 : 202;
  }
  if (outcomes.length === 0) return 400;
  if (outcomes.every(isForLater)) return 503;
  const isNotUnderstood = (outcome: PartOutcome): boolean =>
    outcome.kind === 'unfinished' || (outcome.kind === 'refused' && outcome.refusal.reason === 'cannot_understand');
  return outcomes.every(isNotUnderstood) ? 400 : 409;
}

/** Whether the same request may succeed another time. */
const isForLater = (outcome: PartOutcome): boolean =>
  outcome.kind === 'refused'
    ? outcome.refusal.reason === 'out_of_resources'
    : outcome.kind === 'unfinished' && outcome.status !== CANNOT_UNDERSTAND;
