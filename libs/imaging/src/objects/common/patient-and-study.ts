import { tagOf } from '../../dicom/dictionary/dictionary';
import { copyElements } from '../../dicom/write/copy-elements';
import type { DataSetOut } from '../../dicom/write/element';
import { dataSetOf, merged } from './data-set-of';
import type { SourceImage } from './source-image';

/**
 * Whose images they are and of which study: the Patient, Clinical Trial Subject, General Study, Patient Study and Clinical Trial
 * Study modules (PS3.3 C.7.1.1, C.7.1.3, C.7.2.1, C.7.2.2, C.7.2.3) and the two attributes of SOP Common that say how to read them.
 */
const COPIED = `
SpecificCharacterSet TimezoneOffsetFromUTC
PatientName PatientID IssuerOfPatientID TypeOfPatientID IssuerOfPatientIDQualifiersSequence PatientBirthDate PatientSex
PatientBirthDateInAlternativeCalendar PatientDeathDateInAlternativeCalendar PatientAlternativeCalendar
ReferencedPatientPhotoSequence QualityControlSubject ReferencedPatientSequence PatientBirthTime OtherPatientIDsSequence
OtherPatientNames EthnicGroup PatientComments PatientSpeciesDescription PatientSpeciesCodeSequence PatientBreedDescription
PatientBreedCodeSequence BreedRegistrationSequence StrainDescription StrainNomenclature StrainCodeSequence ResponsiblePerson
ResponsiblePersonRole ResponsibleOrganization PatientIdentityRemoved DeidentificationMethod DeidentificationMethodCodeSequence
ClinicalTrialSponsorName ClinicalTrialProtocolID ClinicalTrialProtocolName ClinicalTrialSiteID ClinicalTrialSiteName
ClinicalTrialSubjectID ClinicalTrialSubjectReadingID ClinicalTrialProtocolEthicsCommitteeName
ClinicalTrialProtocolEthicsCommitteeApprovalNumber
StudyInstanceUID StudyDate StudyTime ReferringPhysicianName ReferringPhysicianIdentificationSequence ConsultingPhysicianName
StudyID AccessionNumber IssuerOfAccessionNumberSequence StudyDescription PhysiciansOfRecord
PhysiciansOfRecordIdentificationSequence NameOfPhysiciansReadingStudy RequestingService RequestingServiceCodeSequence
ReferencedStudySequence ProcedureCodeSequence ReasonForPerformedProcedureCodeSequence
AdmittingDiagnosesDescription AdmittingDiagnosesCodeSequence PatientAge PatientSize PatientWeight PatientSizeCodeSequence
PatientBodyMassIndex MeasuredAPDimension MeasuredLateralDimension MedicalAlerts Allergies Occupation SmokingStatus
AdditionalPatientHistory PregnancyStatus LastMenstrualDate PatientSexNeutered PatientState AdmissionID
ReasonForVisit ReasonForVisitCodeSequence ServiceEpisodeID ServiceEpisodeDescription
ClinicalTrialTimePointID ClinicalTrialTimePointDescription
`
  .trim()
  .split(/\s+/);

/** Those that every object has, with or without value (type 2). */
const ALWAYS = dataSetOf({
  PatientName: '',
  PatientID: '',
  PatientBirthDate: '',
  PatientSex: '',
  StudyDate: '',
  StudyTime: '',
  ReferringPhysicianName: '',
  StudyID: '',
  AccessionNumber: '',
});

/** As the source has them, byte for byte. */
export const patientAndStudyOf = ({ dataSet }: SourceImage): DataSetOut =>
  merged(
    ALWAYS,
    copyElements(
      dataSet,
      COPIED.map(tagOf).filter((tag) => tag !== undefined),
    ),
  );
