/** Why no acknowledgement came. None of them says that the message was not read: it may be sent again under its control id. */
export type MllpFailure =
  /** Nobody listens there, or the network does not reach it. */
  | 'refused-connection'
  /** The peer's certificate, or ours, is not accepted. */
  | 'tls'
  /** Nothing, or nothing whole, within the time. */
  | 'timeout'
  /** The peer ended the connection before it answered. */
  | 'closed'
  /** What came is no acknowledgement, or larger than one. */
  | 'garbled'
  /** The caller gave up. */
  | 'cancelled';

/** A message was not acknowledged. The text names no patient and no peer. */
export class MllpError extends Error {
  constructor(
    readonly kind: MllpFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'MllpError';
  }
}
