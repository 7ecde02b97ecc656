/** What a host takes before it has a model: Node, gRPC and the engine's library. */
const BARE_HOST_BYTES = 96 * 2 ** 20;
/** Weights are in memory twice while an engine rearranges them, or mapped and counted once: between both. */
const BYTES_PER_FILE_BYTE = 1.5;

/* Measured with ONNX Runtime (bench): a graph as exported takes about 2.5 ms for each MiB to rearrange. */
const FIRST_LOAD_MS = 60;
const FIRST_LOAD_MS_PER_MIB = 2.5;

/** Weight of the latest measurement: three loads and the estimate is mostly of what was seen. */
const LATEST = 0.4;

/** What is known of a model's loading; both are guesses from the size of its files until it was loaded once. */
export interface LoadExpectation {
  /** From the order to load to the first request that can run, in milliseconds. */
  readonly loadMs: number;
  /** Resident memory of its host. */
  readonly bytes: number;
}

/** Of a model that was never loaded here. */
export function guessLoad(fileBytes: number): LoadExpectation {
  return {
    loadMs: FIRST_LOAD_MS + FIRST_LOAD_MS_PER_MIB * (fileBytes / 2 ** 20),
    bytes: BARE_HOST_BYTES + BYTES_PER_FILE_BYTE * fileBytes,
  };
}

/** An exponentially weighted mean, which follows a machine that gets slower or faster. */
export function learnLoadMs(learnedMs: number | undefined, measuredMs: number): number {
  return learnedMs === undefined ? measuredMs : learnedMs + LATEST * (measuredMs - learnedMs);
}
