import type { AnswerDocument, SeriesContext, StudyContext } from '@medserve/clinical';
import type { AuditEvent } from '@medserve/events';

/** One answer about a study, and what is on record about its making. */
export interface InteropRun {
  readonly requestId: string;
  /** `route/run`, the same in every generation of a study; absent of a request that came by no route. */
  readonly name?: string | undefined;
  readonly document: AnswerDocument;
  /** What it was asked about, by its headers; absent where no DICOM object was sent. */
  readonly series?: readonly SeriesContext[] | undefined;
  /** Of the request's own course: accepted, completed. They travel with it where they are given. */
  readonly auditEvents?: readonly AuditEvent[];
}

/** Who made it all, as DICOM's Enhanced General Equipment module words it. */
export interface Equipment {
  readonly manufacturer: string;
  readonly model: string;
  readonly version: string;
  readonly serial: string;
}

/** A DICOM object that holds the same result: it is named as an instance of the study. */
export interface ResultInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
  /** `SR`, `SEG`, `OT`, `PR`. */
  readonly modality: string;
}

/** Everything that a report, a message or a bundle is made of. The same input makes the same bytes. */
export interface InteropInput {
  /** At least one; together they are one result. */
  readonly runs: readonly InteropRun[];
  /** Absent where no DICOM object was sent. */
  readonly context?: StudyContext | undefined;
  readonly device: Equipment;
  /** From 1. Every later one corrects the one before it, under the same identifiers. */
  readonly generation: number;
  /** Whether these runs are some of what routes made of the study: then they are filed under a number of their own, beside the whole. */
  readonly isPart?: boolean | undefined;
  /** When the result is issued. */
  readonly now: Date;
  /** DICOM objects made of the same runs. */
  readonly instances?: readonly ResultInstance[] | undefined;
  /** Where this platform answers, without a slash at the end; absent: no links. */
  readonly baseUrl?: string | undefined;
}
