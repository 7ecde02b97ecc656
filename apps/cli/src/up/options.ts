export type Shape = 'single' | 'split';

/** What `medserve up` was asked for. */
export interface UpOptions {
  readonly home: string;
  readonly port: number;
  readonly grpcPort: number;
  readonly models: readonly string[];
  readonly shape: Shape;
  readonly readyFile: string | undefined;
  readonly json: boolean;
}
