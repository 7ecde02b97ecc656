import type { JsonAttributes } from './json-element';

/** What is known of an instance whose data set was read and found sound. */
export interface InstanceHeader {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** SHA-256, in hex, of the data set as it was sent. */
  readonly sha256: string;
  /** As text in Unicode, whatever character set the data set is in. */
  readonly attributes: {
    readonly study: JsonAttributes;
    readonly series: JsonAttributes;
    readonly instance: JsonAttributes;
  };
}

/** What was asked for, announced or can be taken of an instance, before its data set came. */
export interface ExpectedInstance {
  readonly sopClassUid?: string | undefined;
  readonly sopInstanceUid?: string | undefined;
  /** Whether a SOP class is taken; absent: any is. */
  readonly takesClass?: ((sopClassUid: string) => boolean) | undefined;
}

/** The UIDs that could be read of an instance that is refused. */
export interface SeenUids {
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
}
