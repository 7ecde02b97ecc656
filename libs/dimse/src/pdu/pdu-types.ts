/** Types of protocol data units (PS3.8 9.3). */
export const PDU = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  data: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

/** Types of items inside A-ASSOCIATE PDUs (PS3.8 9.3.2, annex D; PS3.7 annex D.3.3). */
export const ITEM = {
  applicationContext: 0x10,
  presentationContextRequest: 0x20,
  presentationContextAnswer: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUid: 0x52,
  asynchronousOperations: 0x53,
  roleSelection: 0x54,
  implementationVersion: 0x55,
} as const;

/** The one application context that DICOM has (PS3.7 annex A.2.1). */
export const DICOM_APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** Type, reserved byte and length in front of every PDU. */
export const PDU_HEAD_BYTES = 6;
/** Length, context id and control byte in front of every presentation data value. */
export const PDV_HEAD_BYTES = 6;
/** Odd numbers of one byte. */
export const MAX_CONTEXTS = 128;
