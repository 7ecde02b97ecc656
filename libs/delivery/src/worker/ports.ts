import type { Parcel } from '../parcel';
import type { SendReason } from '../sent';

export interface DeliveryKey {
  readonly tenant: string;
  readonly studyUid: string;
  readonly generation: number;
  readonly destination: string;
}

/** A delivery that this worker holds until its lease ends. */
export interface ClaimedDelivery extends DeliveryKey {
  readonly id: string;
  /** Who holds it: what was claimed by somebody else in the meantime cannot be settled with it. */
  readonly lease: string;
  /** Attempts, this one included. */
  readonly attempts: number;
  /** Earlier attempts that the receiver answered, or left unanswered while it took others. */
  readonly answered: number;
  readonly createdAt: Date;
  /** How long it had been tried when it was claimed: since it was first to be sent, or was requeued, by the clock of the queue. */
  readonly ageMs: number;
  /** SOP Instance UIDs that arrived in earlier attempts. */
  readonly arrived: readonly string[];
}

export interface Failure {
  readonly reason: SendReason;
  readonly status?: string | undefined;
  /** Whether the attempt counts: the receiver answered, or left it unanswered while it took others. */
  readonly isAnswer: boolean;
  /** All that arrived so far, of this attempt and of earlier ones. */
  readonly arrived: readonly string[];
}

/**
 * The queue. It outlives processes: what was claimed and not settled is claimed again when its lease has ended, so a parcel is
 * sent at least once. Each `settle` resolves with false where the lease was lost: then nothing was changed.
 */
export interface DeliveryStore {
  /** The oldest that are due, at most `limit`. Of one study an older generation goes first. */
  claim(
    where: { readonly tenant: string; readonly destination: string },
    limit: number,
    leaseMs: number,
  ): Promise<readonly ClaimedDelivery[]>;
  delivered(delivery: ClaimedDelivery): Promise<boolean>;
  retry(delivery: ClaimedDelivery, failure: Failure, inMs: number): Promise<boolean>;
  dead(delivery: ClaimedDelivery, failure: Failure): Promise<boolean>;
  /** Gives it back as if it had not been claimed. */
  release(delivery: ClaimedDelivery): Promise<boolean>;
  /** Seconds since the oldest that is not delivered was first to be sent; 0 where there is none. Dead ones wait for people, and count. */
  oldestSeconds(where: { readonly tenant: string; readonly destination: string }): Promise<number>;
  /** Gives up what is on its way to destinations that are not among these, and has been for so long. @returns how many */
  strand(known: readonly { readonly tenant: string; readonly destination: string }[], afterMs: number): Promise<number>;
}

/** Makes parcels from what is kept. */
export interface Parcels {
  of(delivery: ClaimedDelivery): Parcel;
}

export type DeliveryOutcome = 'delivered' | 'retry' | 'dead';

export interface DeliveryObserver {
  settled(destination: string, outcome: DeliveryOutcome, reason?: SendReason): void;
  oldest(destination: string, seconds: number): void;
  /** So many were given up: their destinations are none of the settings'. */
  stranded(count: number): void;
  /** The queue, or a parcel, could not be had. */
  failed(destination: string | undefined, error: unknown): void;
}
