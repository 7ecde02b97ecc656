export interface AdmissionLimits {
  readonly maxInFlight: number;
  /** Bytes of all frames in flight. */
  readonly maxBytes: number;
}

export interface Load {
  readonly inFlight: number;
  readonly bytes: number;
}

export type Admission = { readonly kind: 'admitted' } | { readonly kind: 'refused'; readonly limit: string };

/** Whether one more request of `bytes` fits. A single request larger than the byte limit is let in when nothing else is. */
export function admit(
  { inFlight, bytes: held }: Load,
  { maxInFlight, maxBytes }: AdmissionLimits,
  bytes: number,
): Admission {
  if (inFlight >= maxInFlight) return { kind: 'refused', limit: `requests in flight: ${String(maxInFlight)}` };
  if (inFlight > 0 && held + bytes > maxBytes)
    return { kind: 'refused', limit: `bytes in flight: ${String(maxBytes)}` };
  return { kind: 'admitted' };
}
