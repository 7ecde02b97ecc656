import type { Parcel } from './parcel';
import type { Sent } from './sent';

/** Sends parcels to one receiver by one protocol. */
export interface Destination {
  /**
   * One attempt, with one connection however many objects there are.
   *
   * @param signal ends it: the result is then `retry`
   * @returns what became of it. It rejects only where the parcel itself cannot be made.
   */
  send(parcel: Parcel, signal: AbortSignal): Promise<Sent>;
}
