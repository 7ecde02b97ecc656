import { ModelState, type Model, type TensorDescription } from '@medserve/contracts';

export interface Serve {
  readonly task: string;
  readonly modality: string;
  readonly default: boolean;
}

/** `cold`: can be served, the first request loads it. `broken`: cannot, `reason` says why. `unloaded`: somebody said so. */
export type CatalogueState = 'cold' | 'loading' | 'ready' | 'broken' | 'unloaded';

export interface TensorDescriptionEntry {
  readonly name: string;
  readonly datatype: string;
  /** -1 stands for a free dimension. */
  readonly shape: readonly number[];
}

/** What a caller has to know of a model that writes or reads text. */
export interface LanguageEntry {
  /** Whether it writes answers; otherwise it turns texts into vectors. */
  readonly generates: boolean;
  /** Tokens of a prompt, those of its images among them, and of its answer together. */
  readonly contextTokens: number;
  /** Of an answer, where the request names no limit; 0: no answers. */
  readonly maxAnswerTokens: number;
  /** Images of one request; 0: it does not see. */
  readonly maxImages: number;
  readonly adapters: readonly string[];
  /** Answers that one replica writes at once. */
  readonly slots: number;
}

/** One version of one model package, wherever it is served. */
export interface CatalogueEntry {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  /** `sha256:` and hexadecimal digits. */
  readonly digest: string;
  readonly engine: string;
  readonly serves: readonly Serve[];
  readonly state: CatalogueState;
  /** Why it is broken; empty otherwise. */
  readonly reason: string;
  readonly intendedUse: string;
  readonly notFor: string;
  readonly licence: string;
  /** Whole shapes; empty where nobody could read them yet. */
  readonly inputs: readonly TensorDescriptionEntry[];
  readonly outputs: readonly TensorDescriptionEntry[];
  /** JSON form of Triton's ModelConfig. */
  readonly configJson: string;
  /** 0: no batch axis. */
  readonly maxBatchSize: number;
  readonly labels: readonly { readonly output: string; readonly labels: readonly string[] }[];
  /** Runs that may be under way at once in one replica. */
  readonly instances: number;
  /** As measured; 0: not known. */
  readonly residentBytes: number;
  /** How long loading took of late, in milliseconds; 0: not known. */
  readonly expectedLoadMs: number;
  /** Who signed the package, and who approved it, as the trust policy calls them; empty: nobody had to. */
  readonly signer: string;
  readonly approver: string;
  /** Whether it is served from the pod's own copy, as the repository is gone or has it in a form that is refused. */
  readonly fromLocalCopy: boolean;
  /** Whether it is the trust policy that keeps it from being served. */
  readonly untrusted: boolean;
  /** Whether a caller sent its files, and so chose its name, which stands in no metric and no log. */
  readonly sentAlong: boolean;
  /** Of a model that writes or reads text. */
  readonly language?: LanguageEntry | undefined;
}

/** What the catalogue says of a model of which nothing is known but its name. */
export const NOTHING_KNOWN: Omit<CatalogueEntry, 'name' | 'version' | 'state' | 'reason'> = {
  title: '',
  digest: '',
  engine: '',
  serves: [],
  intendedUse: '',
  notFor: '',
  licence: '',
  inputs: [],
  outputs: [],
  configJson: '',
  maxBatchSize: 0,
  labels: [],
  instances: 1,
  residentBytes: 0,
  expectedLoadMs: 0,
  signer: '',
  approver: '',
  fromLocalCopy: false,
  untrusted: false,
  sentAlong: false,
};

/** What a caller is told of a model in the state `broken`. */
export const reasonOfBroken = ({ untrusted }: Pick<CatalogueEntry, 'untrusted'>): 'model_untrusted' | 'model_broken' =>
  untrusted ? 'model_untrusted' : 'model_broken';

const WIRE_STATE = {
  cold: ModelState.COLD,
  loading: ModelState.LOADING,
  ready: ModelState.READY,
  broken: ModelState.BROKEN,
  unloaded: ModelState.UNLOADED,
} as const satisfies Record<CatalogueState, ModelState>;

const STATE_BY_WIRE = new Map<ModelState, CatalogueState>(
  (Object.keys(WIRE_STATE) as CatalogueState[]).map((state) => [WIRE_STATE[state], state]),
);

const described = ({ name, datatype, shape }: TensorDescriptionEntry): TensorDescription => ({
  name,
  datatype,
  shape: [...shape],
});

export const toModel = (entry: CatalogueEntry): Model => ({
  ...entry,
  serves: entry.serves.map((serve) => ({ ...serve })),
  state: WIRE_STATE[entry.state],
  inputs: entry.inputs.map(described),
  outputs: entry.outputs.map(described),
  labels: entry.labels.map(({ output, labels }) => ({ output, labels: [...labels] })),
  language: entry.language && { ...entry.language, adapters: [...entry.language.adapters] },
});

/** A state of a newer release counts as broken: nothing is sent to what is not understood. */
export const fromModel = (model: Model): CatalogueEntry => ({
  ...model,
  state: STATE_BY_WIRE.get(model.state) ?? 'broken',
});
