/** What a pool's servers know beyond the OpenAI API: `openai` for nothing. */
export type PoolFlavour = 'openai' | 'vllm' | 'sglang';

/** Where the servers of a pool are: of the deployment, not of the package that names the pool. */
export interface PoolEndpoints {
  /** Base URLs without `/v1`, such as `http://vllm-0:8000`. */
  readonly replicas: readonly string[];
  /** What the model is called there. */
  readonly model: string;
  /** By the adapters' names here: what each is called there. */
  readonly adapters: ReadonlyMap<string, string>;
  /** Sent as a bearer token; absent: none. */
  readonly key: string | undefined;
  /** PEM of the authorities that the servers' certificates come from; absent: those of the system. */
  readonly ca?: string | undefined;
  /** Default: `openai`. */
  readonly flavour?: PoolFlavour;
  /** How long a server may take to begin its answer, in milliseconds: a long prompt, and all that waits before it. */
  readonly firstByteMs?: number;
  /** How long a server may be silent within an answer, in milliseconds. */
  readonly silenceMs?: number;
}

/** What is known of the servers of a pool. */
export interface PoolStats {
  readonly serving: number;
  /** That finish what they have and take nothing new. */
  readonly draining: number;
  /** That do not answer. */
  readonly gone: number;
  /** Requests that the servers say they run and have waiting, of all callers; absent where none tells. */
  readonly running?: number;
  readonly waiting?: number;
  /** Share of the fullest server's key-value cache that is in use, 0 to 1; absent where none tells. */
  readonly cacheUsage?: number;
}
