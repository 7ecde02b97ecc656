/** Attributes of identifiers that are no keys, or that are answered by us (PS3.4 C.4.1.1.3, C.1.3; PS3.6). */
export const TAG = {
  specificCharacterSet: 0x00080005,
  queryRetrieveLevel: 0x00080052,
  queryRetrieveView: 0x00080053,
  retrieveAeTitle: 0x00080054,
  instanceAvailability: 0x00080056,
  timezoneOffset: 0x00080201,
  patientId: 0x00100020,
  issuerOfPatientId: 0x00100021,
  studyInstanceUid: 0x0020000d,
  seriesInstanceUid: 0x0020000e,
  sopInstanceUid: 0x00080018,
  patientRelatedStudies: 0x00201200,
  patientRelatedSeries: 0x00201202,
  patientRelatedInstances: 0x00201204,
  studyRelatedSeries: 0x00201206,
  studyRelatedInstances: 0x00201208,
} as const;
