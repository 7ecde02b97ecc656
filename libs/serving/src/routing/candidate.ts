/** What becomes of a model on one pod, in the words of the catalogue. */
export type ServingState = 'cold' | 'loading' | 'ready' | 'broken' | 'unloaded';

/** One pod that could serve a model, as the router knows it now. */
export interface Candidate {
  /** Address of the pod: host:port. */
  readonly pod: string;
  /** Of the address, by `hashText`. */
  readonly podHash: number;
  readonly reachable: boolean;
  /** Of the package that the pod has under the model's name and version. */
  readonly digest: string;
  readonly state: ServingState;
  /** The stream to the model's host: stands, is being made (the pod loads the model first when it has to), or is not there. */
  readonly link: 'up' | 'opening' | 'none';
  /** Sent there and not answered. */
  readonly inFlight: number;
  /** Requests that may be in flight there now. */
  readonly limit: number;
  /** Rows that its instances take at once: instances x max(1, rows of a batch). */
  readonly capacity: number;
  /** On the clock of `Situation.nowMs`; 0: never. */
  readonly ejectedUntilMs: number;
  /** As learned from its answers, of a model that writes from their beginnings; 0: nothing known. */
  readonly latencyMs: number;
}

/** What a choice depends on besides the candidates. */
export interface Situation {
  readonly nowMs: number;
  /** Which bytes are the model: a pod with others under the same name and version is another model's. */
  readonly digest: string;
  /** Hash of what requests share that should meet on one replica; `undefined`: any will do. */
  readonly affinity: number | undefined;
  /** How long a request would wait for the replicas that serve already; `undefined`: none does, and none is about to. */
  readonly expectedWaitMs: number | undefined;
  /** How long a replica that does not serve yet takes to be loaded. */
  readonly expectedLoadMs: number;
  /**
   * Whether a replica's host makes room for the request among what it has: then it may have more than its limit, by as many as it
   * takes at once. Absent: it does not.
   */
  readonly hostMakesRoom?: boolean;
}
