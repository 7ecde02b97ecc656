import type { AnswerDocument } from '@medserve/clinical';

/** What can be written of a result: a report, segmentations, pictures for viewers that show neither, marks on the images. */
export type ResultKind = 'sr' | 'seg' | 'sc' | 'gsps';

/** One DICOM instance that a model looked at. */
export interface SourceInstance {
  /** The file's bytes at least up to its pixel data; of a deflated file, all of them. */
  readonly header: Buffer;
  /** The whole file: asked for only where its pixels are drawn. */
  read(): Promise<Buffer>;
}

export interface ResultRun {
  /** The same in every generation of a study, as `route/run` is: findings are tracked by it. */
  readonly name: string;
  readonly requestId: string;
  readonly document: AnswerDocument;
  /** One a file, in the order of `provenance.inputs`; all of one study. */
  readonly sources: readonly SourceInstance[];
}

/** The report of the generation before. */
export interface Predecessor {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
}

/** Who made the objects (PS3.3 C.7.5.2): of each at most 64 characters. */
export interface ResultEquipment {
  readonly manufacturer: string;
  readonly model: string;
  readonly version: string;
  readonly serial: string;
}

export interface ResultInput {
  /** What the models said of one generation of one study; at least one. */
  readonly runs: readonly ResultRun[];
  /** From 1. */
  readonly generation: number;
  readonly predecessor?: Predecessor;
  readonly equipment: ResultEquipment;
  readonly now: Date;
  readonly wants: readonly ResultKind[];
  /** How masks are drawn into pictures: by their outline, or filled as well, at 50 %. */
  readonly drawing?: 'outline' | 'filled';
}

/** An object to be archived and sent. */
export interface ResultObject {
  readonly kind: ResultKind;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
  /** A file (PS3.10) in explicit VR little endian. */
  readonly bytes: Buffer;
}
