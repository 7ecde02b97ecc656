export interface DimseLimits {
  /** From the connection to the whole association request: the ARTIM timer (PS3.8 9.1.4). Not put off by bytes that trickle. */
  readonly artimMs: number;
  /** How long nothing may come from a peer whose turn it is, in an association and in the middle of a message too. */
  readonly idleMs: number;
  /** Longest P-DATA-TF that is taken, in bytes without its head. */
  readonly maxPduBytes: number;
  /** Longest identifier of C-FIND and C-MOVE; a longer one is answered with A900. */
  readonly maxIdentifierBytes: number;
  /** Connections, with or without an association; more are closed at once. */
  readonly maxConnections: number;
  /** Associations; more are rejected as transient (local limit exceeded). */
  readonly maxAssociations: number;
  readonly maxAssociationsPerAet: number;
  /** How long operations that run may go on when the listener closes. */
  readonly closeMs: number;
}

export const DIMSE_LIMITS: DimseLimits = {
  artimMs: 30_000,
  idleMs: 60_000,
  maxPduBytes: 256 * 1024,
  maxIdentifierBytes: 256 * 1024,
  maxConnections: 512,
  maxAssociations: 128,
  maxAssociationsPerAet: 64,
  closeMs: 10_000,
};
