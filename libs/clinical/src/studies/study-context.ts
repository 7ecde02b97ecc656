import type { Coded } from '../answers/answer';

/**
 * Whose study it is and of what it consists, in the words of its DICOM headers, as text in Unicode: what a report about it has to
 * name. All of it may tell who the patient is, so it travels as `Sensitive` and is stored sealed. Absent members were absent or empty.
 */
export interface StudyContext {
  readonly patient: {
    readonly id?: string;
    /** Who gave the id (0010,0021). */
    readonly issuer?: string;
    /** As DICOM writes it: `Family^Given^Middle^Prefix^Suffix`, the alphabetic group alone. */
    readonly name?: string;
    /** YYYYMMDD */
    readonly birthDate?: string;
    readonly sex?: string;
  };
  readonly study: {
    readonly uid: string;
    /** YYYYMMDD */
    readonly date?: string;
    /** HHMMSS with an optional fraction. */
    readonly time?: string;
    /** (0008,0201), as +HHMM. */
    readonly utcOffset?: string;
    readonly id?: string;
    readonly accession?: string;
    readonly description?: string;
    readonly referringPhysician?: string;
    /** Of the imaging procedure (0008,1032), where the header codes it. */
    readonly procedure?: Coded;
    readonly placerOrder?: string;
    readonly fillerOrder?: string;
  };
  readonly series: readonly SeriesContext[];
}

export interface SeriesContext {
  readonly uid: string;
  readonly modality?: string;
  readonly number?: number;
  readonly description?: string;
  readonly bodyPart?: string;
  readonly laterality?: string;
  readonly frameOfReference?: string;
  readonly instances: readonly InstanceContext[];
}

export interface InstanceContext {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly number?: number;
  readonly frames?: number;
  /** Its place in `provenance.inputs` of the answer: the order in which the files were sent. */
  readonly input: number;
}
