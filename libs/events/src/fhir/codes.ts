import type { Coding } from './resources';

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';
const DICOM = 'http://dicom.nema.org/resources/ontology/DCM';

const coded =
  (system: string) =>
  (code: string, display: string): Coding => ({ system, code, display });

/** DICOM PS3.16, CID 400 to 403. */
export const dicom = coded(DICOM);
export const rest = (interaction: string): Coding => ({
  system: 'http://hl7.org/fhir/restful-interaction',
  code: interaction,
  display: interaction,
});
export const lifecycle = coded(`${TERMINOLOGY}/iso-21089-lifecycle`);
export const participation = coded(`${TERMINOLOGY}/v3-ParticipationType`);
export const purpose = (code: string): Coding => ({ system: `${TERMINOLOGY}/v3-ActReason`, code });

export const REST_OPERATION = coded(`${TERMINOLOGY}/audit-event-type`)('rest', 'RESTful Operation');
export const AUDIT_LOG_USED = dicom('110101', 'Audit Log Used');
export const APPLICATION_ACTIVITY = dicom('110100', 'Application Activity');
export const PATIENT_RECORD = dicom('110110', 'Patient Record');
export const USER_AUTHENTICATION = dicom('110114', 'User Authentication');
export const SECURITY_ALERT = dicom('110113', 'Security Alert');

export const SOURCE = dicom('110153', 'Source Role ID');
export const DESTINATION = dicom('110152', 'Destination Role ID');
export const APPLICATION_SERVER = coded(`${TERMINOLOGY}/security-source-type`)('4', 'Application Server');

const entityType = coded(`${TERMINOLOGY}/audit-entity-type`);
export const PERSON = entityType('1', 'Person');
/** The Basic Audit patterns know one entity of this type: what the operation was about. */
export const SYSTEM_OBJECT = entityType('2', 'System Object');
export const OTHER = entityType('4', 'Other');
export const X_REQUEST_ID: Coding = {
  system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  code: 'XrequestId',
};

const objectRole = coded(`${TERMINOLOGY}/object-role`);
export const PATIENT = objectRole('1', 'Patient');
export const REPORT = objectRole('3', 'Report');
export const DOMAIN_RESOURCE = objectRole('4', 'Domain Resource');

/** Systems of identifiers that only MedServe gives. */
export const OURS = {
  actor: 'urn:medserve:actor',
  role: 'urn:medserve:role',
  site: 'urn:medserve:site',
  subject: 'urn:medserve:subject',
  result: 'urn:medserve:result',
  model: 'urn:medserve:model',
  /** HMAC-SHA-256 of the patient's id under a key of the tenant, in hex. */
  patient: 'urn:medserve:patient-hash',
  /** The same of the study's instance UID. */
  study: 'urn:medserve:study-hash',
  ledger: 'urn:medserve:ledger',
} as const;

const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit';
export const PROFILES = {
  create: `${BALP}.Create`,
  patientCreate: `${BALP}.PatientCreate`,
  read: `${BALP}.Read`,
} as const;
