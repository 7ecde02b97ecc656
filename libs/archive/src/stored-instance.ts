/** By which door an instance came. */
export type Door = 'dimse' | 'stow' | 'own';

export interface Origin {
  readonly tenant: string;
  readonly door: Door;
  /** Calling AE title, or the id of the principal: a word, never anything of a patient. */
  readonly sender: string;
  /** The route that the sender named (`/dicom-web/{route}/studies`); absent: rules choose. */
  readonly route?: string;
  /** What comes over one association or in one request has one of these. */
  readonly batch: string;
}

/** What has to be known of an instance to serve and to route it; the rest is read from its file. */
export interface StoredInstance {
  readonly tenant: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Of the whole Part 10 file as it is kept. */
  readonly bytes: number;
  /** SHA-256, in hex, of the data set without its file meta information: the same instance sent by two doors is the same. */
  readonly sha256: string;
  readonly door: Door;
  readonly receivedAt: Date;
}

/**
 * Why an instance was refused. `status` is both the DIMSE status of C-STORE (PS3.4 B.2.3) and the Failure Reason of STOW-RS
 * (PS3.18 Annex I).
 */
export interface Refusal {
  readonly status: number;
  readonly reason: RefusalReason;
  /** The element or the limit that is meant; never a value of the data set. */
  readonly what?: string;
  /** Where they could be read. */
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
}

export type RefusalReason =
  /** C000: no data set, cut short, lengths beyond its end, not DICOM. */
  | 'cannot_understand'
  /** A900: does not hold what its SOP class asks for, or is another class or instance than its command says. */
  | 'does_not_match'
  /** A901: of another study than the request names. */
  | 'study_mismatch'
  /** B00E (45070): there is one of this UID with other bytes. */
  | 'duplicate'
  /** C122 */
  | 'transfer_syntax_unsupported'
  /** 0122 */
  | 'sop_class_unsupported'
  /** A700: the disk is nearly full, or too many wait. */
  | 'out_of_resources'
  /** 0124 */
  | 'not_authorised';

export type StoreOutcome =
  | {
      readonly kind: 'stored';
      readonly instance: StoredInstance;
      /** false: the same bytes were there. */ readonly isNew: boolean;
      readonly warning?: number;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
