import type { JsonAttributes } from '@medserve/imaging';
import type { StoredInstance } from '../stored-instance';

/** A stored instance and where its file is. */
export interface KeptInstance extends StoredInstance {
  /** Name of its file among those of its study: a UUID. */
  readonly file: string;
  /** Where the data set begins in its file, behind the file meta information. */
  readonly dataSetOffset: number;
  /** Keyed hash of whom its study shows, in hex, where the header says it. */
  readonly patient?: string | undefined;
}

/** What the index is told of an instance whose file is durable. */
export interface NewInstance extends KeptInstance {
  readonly sender: string;
  readonly route?: string | undefined;
  readonly batch: string;
  readonly attributes: {
    readonly study: JsonAttributes;
    readonly series: JsonAttributes;
    readonly instance: JsonAttributes;
  };
}

/** A study, one series of it, or one instance. */
export interface StudyKey {
  readonly studyUid: string;
  readonly seriesUid?: string | undefined;
  readonly sopInstanceUid?: string | undefined;
}

/** A study as those who work on it have to know it. */
export interface StudySummary {
  readonly tenant: string;
  readonly studyUid: string;
  /** All that are kept, our own results too. */
  readonly instances: number;
  readonly series: number;
  readonly bytes: number;
  readonly modalities: readonly string[];
  /** Of what was sent to us, without our own results. */
  readonly received: {
    readonly instances: number;
    readonly series: number;
    readonly bytes: number;
    readonly firstAt: Date;
    readonly lastAt: Date;
    /** When an association or a request that had brought some of it last ended. */
    readonly batchEndedAt?: Date;
    /** Associations and requests that brought some of it and did not end yet. */
    readonly openBatches: number;
    /** The route that a sender named, of the last that named one. */
    readonly route?: string;
    /** The last sender. */
    readonly sender: string;
  };
  /** Any change, our own results too. */
  readonly changedAt: Date;
}
