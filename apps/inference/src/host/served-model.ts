import type { EncodedFrame, IncomingRequest } from '@medserve/rpc';
import type { HostFigures } from './messages';

/** What a host says about itself, but for its memory, which it has of the process. */
export type ServedFigures = Omit<HostFigures, 'kind' | 'residentBytes'>;

/** The one model of a host, with those who wait for it: what the host has to know, whichever kind of model it is. */
export interface ServedModel {
  /**
   * @throws ServingError `invalid_request`; `overloaded` when there is no place, when a more urgent request needs the place, or
   *   when the deadline cannot be met; `unavailable` while draining (the request was not begun).
   */
  submit(request: IncomingRequest): Promise<EncodedFrame>;
  /**
   * Takes nothing new; resolves when nothing runs or waits any more.
   *
   * @param handBack whether what waits is refused as `unavailable` (it was not begun) instead of run, and what runs for nobody is
   *   not waited for either.
   */
  drain(handBack: boolean): Promise<void>;
  /** Called for each report, which is given what happened since the one before. */
  figures(): ServedFigures;
}
