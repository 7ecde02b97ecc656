import { examCodes } from '../codes/exam';
import { codingSystemOf } from '../codes/systems';
import { fillerNumber } from '../identity/result-identity';
import type { InteropInput } from '../input';
import { obxSegments } from './observations';
import { personOf, pidSegment } from './patient';
import { segment, type Field } from './segment';
import { dtmOf, studyDtm } from './times';

export interface OruOptions {
  /** MSH-10, at most 199 characters: the same for every try of one delivery, so that its receiver sees a repetition. */
  readonly controlId: string;
  readonly sendingApplication?: string | undefined;
  readonly sendingFacility?: string | undefined;
  readonly receivingApplication?: string | undefined;
  readonly receivingFacility?: string | undefined;
  /** Who gave patient ids of which the images do not say it (PID-3.4). Default: the sending facility. */
  readonly patientAuthority?: string | undefined;
  /** MSH-11: production, training, debugging. Default `P`. */
  readonly processing?: 'P' | 'T' | 'D' | undefined;
  /**
   * `original`: one answer, AA, AE or AR. `accept`: CA, CE or CR says that the message is kept, and no more is wanted (enhanced mode
   * with MSH-15 AL, MSH-16 NE). `application`: both. Default `original`.
   */
  readonly acknowledgement?: 'original' | 'accept' | 'application' | undefined;
}

const OURS = 'MEDSERVE';

const ACKNOWLEDGED = { original: [undefined, undefined], accept: ['AL', 'NE'], application: ['AL', 'AL'] } as const;

/**
 * A result as ORU^R01 (HL7 2.5.1, chapter 7), segments ended by CR, without the frame: preliminary at first, a correction under the
 * same filler number from the second generation on.
 */
export function oruMessage(input: InteropInput, options: OruOptions): string {
  const facility = options.sendingFacility ?? OURS;
  const [accept, application] = ACKNOWLEDGED[options.acknowledgement ?? 'original'];
  const status = input.generation > 1 ? 'C' : 'P';
  const segments = [
    // The separators are fields 1 and 2 themselves, never escaped.
    `MSH|^~\\&|${segment('', [
      options.sendingApplication ?? OURS,
      facility,
      options.receivingApplication,
      options.receivingFacility,
      dtmOf(input.now),
      undefined,
      ['ORU', 'R01', 'ORU_R01'],
      options.controlId,
      options.processing ?? 'P',
      '2.5.1',
      undefined,
      undefined,
      accept,
      application,
      undefined,
      'UNICODE UTF-8',
    ]).slice(1)}`,
    pidSegment(input.context?.patient, options.patientAuthority ?? facility, {
      id: fillerNumber(input),
      authority: OURS,
    }),
    segment('ORC', ['RE', placerOf(input), [fillerNumber(input), OURS]]),
    obrSegment(input, status),
    ...obxSegments(input, status),
  ];
  return segments.map((one) => `${one}\r`).join('');
}

/**
 * ORC-2 and OBR-2, as the order had them. DICOM keeps an entity identifier (HL7 2.5.1, 2.A.28) in one text, its components with `^`
 * between them; a separator of any other kind is a character of one of them.
 */
const placerOf = ({ context }: InteropInput): Field => context?.study.placerOrder?.split('^');

function obrSegment(input: InteropInput, status: 'P' | 'C'): string {
  const { context, now } = input;
  const filler = fillerNumber(input);
  const [exam, other] = examCodes(input);
  const also = other === undefined ? [] : [other.code, other.display, codingSystemOf(other.system)];
  return segment('OBR', [
    '1',
    placerOf(input),
    [filler, OURS],
    [exam.code, exam.display, codingSystemOf(exam.system), ...also],
    undefined,
    undefined,
    (context === undefined ? undefined : studyDtm(context.study)) ?? dtmOf(now),
    ...Array<undefined>(8).fill(undefined),
    personOf(context?.study.referringPhysician),
    undefined,
    accessionOf(input) ?? filler,
    ...Array<undefined>(3).fill(undefined),
    dtmOf(now),
    undefined,
    'RAD',
    status,
  ]);
}

/**
 * OBR-18: the accession number, by which the receiver finds its order. A study without one has its study id there, or else our own
 * filler number: a receiver that finds no order by it files the result unmatched, which is what it is.
 */
const accessionOf = ({ context }: InteropInput): string | undefined => context?.study.accession ?? context?.study.id;
