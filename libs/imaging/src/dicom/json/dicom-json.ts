import type { JsonPersonName } from '../instance/json-element';

export type DicomJsonValue = string | number | JsonPersonName | DicomJson;

/** One element of the DICOM JSON model (PS3.18 F.2.2): values, a reference to them, or their bytes; none of an empty one. */
export interface DicomJsonElement {
  readonly vr: string;
  readonly Value?: readonly (DicomJsonValue | null)[];
  readonly BulkDataURI?: string;
  /** Base64, numbers in little endian. */
  readonly InlineBinary?: string;
}

/** A data set of the DICOM JSON model: keys are tags as eight hexadecimal digits in capitals, in their order. */
export type DicomJson = Readonly<Record<string, DicomJsonElement>>;
