import type { DicomOptions } from './dicom-options';
import type { PodRange } from './pod-range';

export type Shape = 'single' | 'split';

/** What `medserve up` was asked for. */
export interface UpOptions {
  readonly home: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly models: readonly string[];
  readonly dicom: DicomOptions;
  /** The pools file; absent: the environment may name one. */
  readonly pools: string | undefined;
  readonly shape: Shape;
  /** How many inference processes there may be; absent: always one. */
  readonly pods: PodRange | undefined;
  readonly readyFile: string | undefined;
  readonly json: boolean;
}
