/** A person's name (PS3.18 F.2.2): its component groups. */
export interface JsonPersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

export type JsonValue = string | number | JsonPersonName | JsonAttributes;

/** One element of the DICOM JSON model (PS3.18 F.2.2). An empty one has no `Value`. */
export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly (JsonValue | null)[];
}

/** A data set of the DICOM JSON model: keys are tags as eight hexadecimal digits in capitals. */
export type JsonAttributes = Readonly<Record<string, JsonElement>>;
