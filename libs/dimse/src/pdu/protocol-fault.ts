/** Reasons of an A-ABORT by the service provider (PS3.8 table 9-26). */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedParameter: 4,
  unexpectedParameter: 5,
  invalidParameter: 6,
} as const;

export type AbortReason = (typeof ABORT_REASON)[keyof typeof ABORT_REASON];

/** The peer does not keep to the upper layer protocol: nothing that follows on the connection means anything. */
export class ProtocolFault extends Error {
  constructor(
    message: string,
    readonly reason: AbortReason,
  ) {
    super(message);
    this.name = 'ProtocolFault';
  }
}
