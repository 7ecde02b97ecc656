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
}
