import type { WorkitemDataSet } from '@medserve/studies';
import { refuseOthers } from './unchangeable';

const text = (vr: string, ...Value: readonly unknown[]) => ({ vr, Value });
const items = (...Value: readonly unknown[]) => ({ vr: 'SQ', Value });
const request = (accession: string) => ({ '0020000D': text('UI', '1.2'), '00080050': text('SH', accession) });

const known: WorkitemDataSet = {
  '00080016': text('UI', '1.2.840.10008.5.1.4.34.6.1'),
  '00080018': text('UI', '1.9'),
  '00100010': text('PN', { Alphabetic: 'Doe^Jane' }),
  '00100020': text('LO', 'P-7'),
  '00100030': { vr: 'DA' },
  '0040A370': items(request('A-1')),
  '00741000': text('CS', 'SCHEDULED'),
};
const refusal = (field: string) => expect.objectContaining({ reason: 'invalid_request', field }) as Error;

describe('an update', () => {
  it.each<[string, WorkitemDataSet]>([
    ['SOPClassUID', { '00080016': text('UI', '1.2.840.10008.5.1.4.34.6.3') }],
    ['SOPInstanceUID', { '00080018': text('UI', '1.8') }],
    ['PatientName', { '00100010': text('PN', { Alphabetic: 'Doe^John' }) }],
    ['PatientID', { '00100020': text('LO', 'P-8') }],
    ['PatientID', { '00100020': { vr: 'LO' } }],
    ['IssuerOfPatientID', { '00100021': text('LO', 'elsewhere') }],
    ['PatientBirthDate', { '00100030': text('DA', '19700101') }],
    ['AdmissionID', { '00380010': text('LO', 'V-1') }],
    ['AdmittingDiagnosesDescription', { '00081080': text('LO', 'another') }],
    ['ReferencedRequestSequence', { '0040A370': items(request('A-2')) }],
    ['ReferencedRequestSequence', { '0040A370': items({}) }],
    ['ProcedureStepState', { '00741000': text('CS', 'COMPLETED') }],
    ['ReplacedProcedureStepSequence', { '00741224': items({ '00081155': text('UI', '1.1') }) }],
  ])('that changes %s is refused', (field, changes) => {
    expect(() => {
      refuseOthers(known, changes);
    }).toThrow(refusal(field));
  });

  it.each<[string, WorkitemDataSet]>([
    ['all that there is', known],
    ['what is empty, written otherwise', { '00100030': text('DA', ''), '00380010': { vr: 'LO' }, '00741224': items() }],
    ['a name as text', { '00100010': text('PN', 'Doe^Jane^^') }],
    ['an item with what is empty', { '0040A370': items({ ...request('A-1 '), '00401001': { vr: 'SH' } }) }],
    ['what an update is for', { '00741202': text('LO', 'room'), '00101002': items(), '0020000D': text('UI', '1.3') }],
  ])('may send %s', (_what, changes) => {
    expect(() => {
      refuseOthers(known, changes);
    }).not.toThrow();
  });
});
