export type AssociationFailure =
  /** The peer says that coming again does not help: a title or a context that it does not know. */
  | 'rejected-permanent'
  /** It may accept later. */
  | 'rejected-transient'
  /** One of the two ended it, or the connection was cut. */
  | 'aborted'
  | 'timeout'
  /** There is nobody at that address. */
  | 'refused-connection'
  /** The two did not agree on TLS, or a certificate is not trusted. */
  | 'tls';

/** An association that did not come about, or did not last. `detail` is of the protocol, never of a data set. */
export class AssociationError extends Error {
  constructor(
    readonly kind: AssociationFailure,
    readonly detail: string,
    cause?: unknown,
  ) {
    super(`${kind}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'AssociationError';
  }
}

/** A-ASSOCIATE-RJ in words, by source and reason (PS3.8 table 9-21). */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['1.2', 'the application context is not supported'],
  ['1.3', 'the calling AE title is not recognized'],
  ['1.7', 'the called AE title is not recognized'],
  ['2.2', 'the protocol version is not supported'],
  ['3.1', 'temporary congestion'],
  ['3.2', 'a local limit is exceeded'],
]);

export function rejected(result: number, source: number, reason: number): AssociationError {
  const detail = REASONS.get(`${String(source)}.${String(reason)}`) ?? 'no reason is given';
  return new AssociationError(result === 1 ? 'rejected-permanent' : 'rejected-transient', detail);
}
