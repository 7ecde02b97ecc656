import type { DicomFacts, PatientIdentity } from '@medserve/clinical';
import type { DecodeLimits } from '../limits';
import { unreadable } from '../refuse';
import { isWaveform, refusedWaveform } from './waveform/refuse-waveform';
import type { DataSet, Element } from './data-set';
import { BODY_PART_TERMS, isStandardUid, MODALITY_TERMS } from './defined-terms';
import { openDicom } from './open-dicom';
import { readPatientIdentity } from './patient-identity';
import { readObjectContext, type PlacedContext } from './study-context';
import { pixelElementOf, readPixelFormat, type PixelFormat } from './pixel-format';
import { knownScanner } from './scanners';
import { TAG } from './tags';
import type { TransferSyntax } from './transfer-syntaxes';

/** An image object whose header was read and checked; no pixel is decoded yet. */
export interface DicomObject {
  readonly dataSet: DataSet;
  readonly transferSyntax: TransferSyntax;
  readonly format: PixelFormat;
  readonly pixels: Element;
  readonly facts: DicomFacts;
  readonly identity: PatientIdentity;
  /** Undefined where the object does not say what it is. */
  readonly context: PlacedContext['context'];
}

/** @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`, `too_large` */
export function readDicomObject(file: Buffer, limits: DecodeLimits): DicomObject {
  const { dataSet, transferSyntax } = openDicom(file, limits);
  if (isWaveform(dataSet) && pixelElementOf(dataSet) === undefined) throw refusedWaveform(file, limits);
  const format = readPixelFormat(dataSet, limits);
  const pixels = pixelElementOf(dataSet);
  if (pixels === undefined) throw unreadable('The DICOM object has no pixel data.');
  const isCoded = transferSyntax.codec !== 'native';
  if (isCoded !== (pixels.fragments !== undefined)) {
    throw unreadable(
      `The pixel data is ${isCoded ? 'not ' : ''}encapsulated, against the transfer syntax ${transferSyntax.name}.`,
    );
  }
  const facts = readFacts(dataSet, transferSyntax, format);
  const [identity, context] = [readPatientIdentity(dataSet), readObjectContext(dataSet)];
  return { dataSet, transferSyntax, format, pixels, facts, identity, context };
}

function readFacts(dataSet: DataSet, transferSyntax: TransferSyntax, format: PixelFormat): DicomFacts {
  const modality = dataSet.code(TAG.modality);
  const sopClassUid = dataSet.uid(TAG.sopClassUid);
  const bodyPart = dataSet.text(TAG.bodyPartExamined)?.toUpperCase();
  const laterality = dataSet.code(TAG.imageLaterality) ?? dataSet.code(TAG.laterality);
  const manufacturer = dataSet.text(TAG.manufacturer);
  return {
    ...(modality !== undefined && MODALITY_TERMS.has(modality) ? { modality } : {}),
    ...(sopClassUid !== undefined && isStandardUid(sopClassUid) ? { sopClassUid } : {}),
    ...(bodyPart !== undefined && BODY_PART_TERMS.has(bodyPart) ? { bodyPart } : {}),
    ...(laterality !== undefined && /^[LRB]$/.test(laterality) ? { laterality } : {}),
    ...(manufacturer === undefined
      ? {}
      : { scanner: knownScanner(manufacturer, dataSet.text(TAG.manufacturerModelName)) }),
    photometricInterpretation: format.photometric,
    transferSyntaxUid: transferSyntax.uid,
  };
}
