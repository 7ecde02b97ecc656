/** States of a version: it can be served and the first request loads it, is being loaded, is loaded, cannot be served, may not be. */
export type ModelState = 'cold' | 'loading' | 'ready' | 'broken' | 'unloaded';

export interface Serve {
  readonly task: string;
  readonly modality: string;
  readonly default: boolean;
}

/** A line of `GET /v1/models`: one version of a package, an adapter of one, or a name that stands for one. */
export interface ListedModel {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly digest: string;
  readonly state: ModelState;
  readonly reason?: string;
  readonly isWarm: boolean;
  readonly isDefault: boolean;
  readonly engine: string;
  readonly serves: readonly Serve[];
  readonly signed: boolean;
  readonly signer?: string;
  readonly approver?: string;
  readonly source: 'repository' | 'local copy';
  readonly intendedUse: string;
  readonly notFor: string;
  readonly licence: string;
}

/** A version in `GET /v1/models/{name}`. */
export type ModelVersion = Omit<ListedModel, 'id' | 'name' | 'intendedUse' | 'notFor' | 'licence'> & {
  readonly memoryBytes: number | null;
  readonly expectedLoadMs: number | null;
};

/** A score as the package says it; without a unit it is a share, from 0 to 1. */
export interface MeasuredScore {
  readonly metric: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly interval?: string;
  readonly unit?: string;
  readonly cases?: number;
  readonly data: string;
  readonly task?: string;
}

/** Which version the bare name stands for; no version: the newest that is served. */
export interface ModelDefault {
  readonly model: string;
  readonly version: string | null;
  readonly answering: string | null;
  readonly previous: string | null;
  readonly canGoBack: boolean;
  readonly revision: number;
  readonly changedAt?: string;
  readonly warning?: string;
}

export interface ModelDetails extends ListedModel {
  readonly tasks: readonly string[];
  readonly modalities: readonly string[];
  readonly card: string | null;
  readonly cardState: 'whole' | 'cut' | 'none' | 'unavailable';
  readonly measured: readonly MeasuredScore[];
  readonly versions: readonly ModelVersion[];
  readonly default: ModelDefault;
}
