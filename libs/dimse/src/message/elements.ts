/** Elements of command sets (PS3.7 annex E.1); all are of group 0000, so that the element number names them. */
export const ELEMENT = {
  groupLength: 0x0000,
  affectedSopClassUid: 0x0002,
  requestedSopClassUid: 0x0003,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  moveDestination: 0x0600,
  priority: 0x0700,
  dataSetType: 0x0800,
  status: 0x0900,
  errorComment: 0x0902,
  affectedSopInstanceUid: 0x1000,
  requestedSopInstanceUid: 0x1001,
  remainingSubOperations: 0x1020,
  completedSubOperations: 0x1021,
  failedSubOperations: 0x1022,
  warningSubOperations: 0x1023,
  moveOriginator: 0x1030,
  moveOriginatorMessageId: 0x1031,
} as const;

/** Values of the command field; a response is its request with the highest bit set (PS3.7 annex E.1). */
export const COMMAND = {
  cStore: 0x0001,
  cGet: 0x0010,
  cFind: 0x0020,
  cMove: 0x0021,
  cEcho: 0x0030,
  nEventReport: 0x0100,
  nGet: 0x0110,
  nSet: 0x0120,
  nAction: 0x0130,
  nCreate: 0x0140,
  nDelete: 0x0150,
  cCancel: 0x0fff,
} as const;

export const RESPONSE = 0x8000;
/** Value of the data set type that says that none follows; all others say that one does. */
export const NO_DATA_SET = 0x0101;
/** What we write when one follows. */
export const HAS_DATA_SET = 0x0001;
