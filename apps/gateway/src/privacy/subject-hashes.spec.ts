import { randomBytes } from 'node:crypto';
import { Sensitive } from '@medserve/clinical';
import { SubjectReferences } from '@medserve/security';
import { subjectHashes } from './subject-hashes';

const references = new SubjectReferences(randomBytes(32));
const key = new Sensitive('sender-17');

describe('the hashes that stand for a subject', () => {
  it('come from the header, also where the sender gave a key', () => {
    const identity = {
      patientId: new Sensitive('P1'),
      issuer: new Sensitive('A'),
      studyInstanceUid: new Sensitive('1.2.3'),
    };
    expect(subjectHashes(references, 'north', identity, key)).toEqual({
      patient: references.patient('north', { id: 'P1', issuer: 'A' }),
      study: references.study('north', '1.2.3'),
    });
  });

  it('come from the key of the sender where the header names no patient', () => {
    const expected = { patient: references.patientKey('north', 'sender-17') };
    expect(subjectHashes(references, 'north', {}, key)).toEqual(expected);
    expect(subjectHashes(references, 'north', undefined, key)).toEqual(expected);
  });

  it('are absent where nobody says whom the input shows', () => {
    expect(subjectHashes(references, 'north')).toEqual({});
  });
});
