import { ServingError } from '@medserve/errors';
import type { DecodedStudy } from '@medserve/imaging';
import type { CatalogueEntry } from '@medserve/rpc';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { SCOPES, SubjectReferences, type Principal } from '@medserve/security';
import { ResultReader } from '../records/result-reader';
import type { Wake } from '../infer/cold-start';
import { LiveCatalogue } from '../infer/live-catalogue';
import type { ModelWords } from '../infer/model-words';
import type { Dispatched, Dispatcher, DispatchOrder, Progress, Records, StoredResult } from '../infer/ports';
import { ImagePreparation } from '../infer/prepare-image';
import { Road } from '../infer/road';
import { JobRegistry } from '../jobs/job-registry';

export const PRINCIPAL: Principal = { id: 'k', kind: 'key', tenant: 't', scopes: new Set(SCOPES) };

/** What every file decodes to: a picture whose header says radiology. */
const STUDY: DecodedStudy = {
  decoded: { kind: 'picture', width: 1, height: 1, channels: 1, sampleType: 'uint8', samples: Uint8Array.of(7) },
  facts: {
    container: 'dicom',
    dimensions: 2,
    width: 1,
    height: 1,
    depth: 1,
    channels: 1,
    dicom: { modality: 'CR' },
  },
  inputs: [{ sha256: '00', kind: 'dicom', bytes: 1 }],
  warnings: [],
};

/** What a model serves that answers for such a picture. */
export const classifies = (isDefault: boolean): CatalogueEntry['serves'] => [
  { task: 'classify', modality: 'radiology', default: isDefault },
];

/** An order on its way to a model, for the test to end. */
export interface Dispatch {
  readonly order: DispatchOrder;
  /** Undefined: nobody asked for progress. */
  readonly tell: ((progress: Progress) => void) | undefined;
  /** As a model that writes does, before the answer; nobody may read along. */
  readonly write: (text: string) => void;
  readonly answer: () => void;
  readonly fail: (error: ServingError) => void;
}

const answerOf = ({ model }: DispatchOrder): Dispatched => ({
  finding: {
    answer: { kind: 'classification', labels: [] },
    decision: 'answered',
    confidence: {},
    evidence: [],
    warnings: [],
  },
  task: 'classify',
  model: { name: model?.name ?? 'net', version: model?.version ?? '1', digest: 'sha256:0' },
  engine: 'fake',
  timings: {},
  batch: { rows: 1, batchRows: 1, leads: true },
});

class ObservedJobs extends JobRegistry {
  onWatch = (): void => undefined;

  override watch(...[id, listener]: Parameters<JobRegistry['watch']>): () => void {
    const stop = super.watch(id, listener);
    this.onWatch();
    return stop;
  }
}

/** The road of an image from its decoder to its record, in memory, with models that answer when the test says so. */
export class ImageWorld {
  readonly instruments = noopInstruments();
  readonly catalogue = new LiveCatalogue(new Date(0));
  readonly references = new SubjectReferences(Buffer.alloc(32));
  readonly jobs = new ObservedJobs();
  readonly woken: ModelWords[] = [];
  readonly dispatches: Dispatch[] = [];
  readonly wake: Wake = (model) => void this.woken.push(model);
  readonly road: Road;
  readonly preparation: ImagePreparation;
  readonly results: ResultReader;
  /** Told of the next dispatch. */
  onDispatch: (dispatch: Dispatch) => void = () => undefined;

  constructor() {
    const { instruments, catalogue, references, wake } = this;
    const dispatcher: Dispatcher = {
      dispatch: (order, { signal, onProgress: tell, onDelta }) =>
        new Promise((resolve, reject) => {
          const answer = (): void => {
            resolve(answerOf(order));
          };
          const write = (text: string): void => onDelta?.({ choice: 0, text });
          const dispatch = { order, tell, write, answer, fail: reject };
          signal.addEventListener('abort', () => {
            reject(new ServingError('cancelled', 'The caller went away.'));
          });
          this.dispatches.push(dispatch);
          this.onDispatch(dispatch);
        }),
    };
    const ended = new Map<string, StoredResult>();
    const records: Records = {
      accept: () => Promise.resolve({ kind: 'accepted' }),
      finish: ({ id, result }) => {
        ended.set(id, result);
        return Promise.resolve({ kind: 'recorded' });
      },
      find: (_tenant, id) => {
        const result = ended.get(id);
        return Promise.resolve(result === undefined ? { status: 'accepted' } : { status: 'completed', result });
      },
    };
    const decoder = { decode: () => Promise.resolve(STUDY) };
    this.road = new Road({
      dispatcher,
      records,
      instruments,
      logger: silentLogger,
      now: () => new Date(0),
      references,
    });
    this.preparation = new ImagePreparation({ decoder, dispatcher, catalogue, instruments, references, wake });
    this.results = new ResultReader(records);
  }

  /** Models on offer from now on. */
  offer(...models: CatalogueEntry[]): void {
    this.catalogue.update(models, { complete: true });
  }

  /** Resolves when somebody watches a job. */
  watched(): Promise<void> {
    return new Promise((resolve) => {
      this.jobs.onWatch = resolve;
    });
  }

  /** Resolves with the next order that goes to a model. */
  next(): Promise<Dispatch> {
    return new Promise((resolve) => {
      this.onDispatch = resolve;
    });
  }
}
