/**
 * Why an attempt did not deliver: words for metrics, rows and people on call. Nothing of a patient, and nothing that the receiver
 * wrote.
 */
export type SendReason =
  /** Nobody listens there, or the way to it is cut. */
  | 'unreachable'
  | 'timeout'
  /** Its certificate, or ours, is not accepted. */
  | 'tls'
  /** A-ASSOCIATE-RJ, permanent: it does not know our title, or its own. */
  | 'association_rejected'
  /** A-ASSOCIATE-RJ, transient; HTTP 429 and 503. */
  | 'busy'
  /** It, or the way to it, ended the connection in the middle. */
  | 'aborted'
  /** It takes no objects of this SOP class, or not in this transfer syntax. */
  | 'sop_class_refused'
  /** It answered that it has no room (A7xx). */
  | 'out_of_resources'
  /** It answered that the content does not suit it: A9xx, Cxxx, HTTP 4xx. */
  | 'content_refused'
  /** HTTP 401 and 403, status 0124. */
  | 'not_authorised'
  /** It answered that it failed: 0110, HTTP 5xx, HL7 AE. */
  | 'receiver_failed'
  /** HL7 AR. */
  | 'message_rejected'
  /** Its answer is none that the protocol knows. */
  | 'bad_answer'
  /** What is to be sent could not be read from the archive. */
  | 'content_unavailable';

interface Undelivered {
  readonly reason: SendReason;
  /** What it answered, as the protocol writes it: `A700`, `503`, `AE`. */
  readonly status?: string;
  /** Of a parcel with several objects: those that did arrive, by SOP Instance UID. They are not sent again. */
  readonly arrived?: readonly string[];
}

export type Sent =
  | { readonly kind: 'delivered' }
  /** It may go through later. */
  | ({ readonly kind: 'retry'; readonly afterMs?: number } & Undelivered)
  /** It will not, until somebody changes something. */
  | ({ readonly kind: 'refused' } & Undelivered);

/** What became of an attempt, also of one that came to nothing on our side: it says nothing of the receiver. */
export type Attempted = Sent | ({ readonly kind: 'unsent' } & Undelivered);
