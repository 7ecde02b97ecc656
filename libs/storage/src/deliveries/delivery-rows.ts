export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'dead';

/** Whose results, and where to. */
export interface DeliveryKey {
  readonly tenant: string;
  readonly studyUid: string;
  readonly generation: number;
  readonly destination: string;
}

export interface StoredDelivery extends DeliveryKey {
  readonly id: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly since: Date;
  readonly nextAt: Date;
  readonly settledAt: Date | null;
  /** A word of the sender's, never what a receiver wrote. */
  readonly lastError: string | null;
  readonly lastStatus: string | null;
}

/** What one sender holds until its lease ends. */
export interface HeldDelivery extends DeliveryKey {
  readonly id: string;
  readonly lease: string;
  /** Attempts, the one that begins included. */
  readonly attempts: number;
  /** Earlier attempts that the receiver answered. */
  readonly answered: number;
  readonly createdAt: Date;
  /** Since it was first to be sent, or was requeued, until this claim. */
  readonly ageMs: number;
  /** SOP Instance UIDs that need not be sent again. */
  readonly arrived: readonly string[];
}

export interface DeliveryFailure {
  readonly reason: string;
  readonly status?: string | undefined;
  /** Whether the receiver answered at all. */
  readonly isAnswer: boolean;
  readonly arrived: readonly string[];
}

export interface DeliveryQuestion {
  readonly tenant: string;
  readonly states?: readonly DeliveryState[] | undefined;
  readonly destination?: string | undefined;
  readonly studyUid?: string | undefined;
  readonly limit: number;
}

export const MEMBERS = `id, tenant, study_uid AS "studyUid", generation, destination, state, attempts, created_at AS "createdAt", since,
  next_at AS "nextAt", settled_at AS "settledAt", last_error AS "lastError", last_status AS "lastStatus"`;
