/** What one request may hold. Every limit has a behaviour: 413 `too_large` naming it. */
export interface RequestLimits {
  /** The whole body on the wire, in bytes. */
  readonly bodyBytes: number;
  readonly files: number;
  /** The bodies of all requests that are being served, in bytes. */
  readonly bodiesInFlightBytes: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  bodyBytes: 512 * 1024 * 1024,
  files: 2_000,
  bodiesInFlightBytes: 2 * 1024 ** 3,
};
