import type { Principal } from './principal';

/** Who a credential stands for, and for how long that may be believed without looking again. */
export interface Proof {
  readonly principal: Principal;
  /** When the credential itself ends, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** When what was looked up for it is too old. */
  readonly untilMs: number;
}

/** Proves one kind of credential. */
export interface Prover {
  /** Whether the text has the shape of this kind. */
  takes(credential: string): boolean;
  /** @throws ServingError `unauthenticated`, `unavailable` */
  prove(credential: string): Promise<Proof>;
}

/** What was looked up for a proof is believed for so long: what is revoked stops working within this time. */
export const BELIEVED_MS = 5_000;
export const REMEMBERED = 10_000;
