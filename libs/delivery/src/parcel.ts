import type { InteropInput } from '@medserve/interop';
import type { ObjectKind } from './destination-settings';

/** A result object in the archive. */
export interface ParcelObject {
  readonly kind: ObjectKind;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Of the whole Part 10 file. */
  readonly bytes: number;
  /** The Part 10 file, as it is kept. */
  read(): Promise<Buffer>;
  /** Its data set alone, as it goes over an association: without preamble and file meta information. */
  readDataSet(): Promise<Buffer>;
}

/**
 * What is to be sent of one generation of one study to one destination. Everything is made at sending, from what is kept, and the
 * same each time: a parcel that is sent twice leaves the receiver as one that is sent once.
 */
export interface Parcel {
  /** Of the delivery: what the receiver sees again when it is sent again. */
  readonly id: string;
  readonly tenant: string;
  readonly studyUid: string;
  readonly generation: number;
  /** When the results were there to be sent: the time that messages carry. */
  readonly createdAt: Date;
  /** The result objects that are still to be sent there. */
  objects(): Promise<readonly ParcelObject[]>;
  /** What reports and messages are made of. */
  report(): Promise<InteropInput>;
}
