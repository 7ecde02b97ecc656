import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { SubjectReferences } from './subject-references';

const ROOT = randomBytes(32);
const references = new SubjectReferences(ROOT);

describe('a reference to a patient or a study', () => {
  it('is HMAC-SHA-256 under a key that HKDF derives for the tenant and the kind of id', () => {
    const key = Buffer.from(hkdfSync('sha256', ROOT, '', 'medserve reference v1/patient/north', 32));
    const expected = createHmac('sha256', key).update('HOSPITAL\0P-17').digest('hex');
    expect(references.patient('north', { id: 'P-17', issuer: 'HOSPITAL' })).toBe(expected);
    expect(expected).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same in every process that has the secret, and another with another secret', () => {
    const id = { id: 'P-17' };
    expect(new SubjectReferences(ROOT).patient('north', id)).toBe(references.patient('north', id));
    expect(new SubjectReferences(randomBytes(32)).patient('north', id)).not.toBe(references.patient('north', id));
  });

  it('does not heed what DICOM calls insignificant', () => {
    const plain = references.patient('north', { id: 'Gómez-1', issuer: 'A' });
    expect(references.patient('north', { id: '  Gómez-1 ', issuer: 'A ' })).toBe(plain);
    expect(references.patient('north', { id: 'Gómez-1'.normalize('NFD'), issuer: 'A' })).toBe(plain);
    expect(references.study('north', '1.2.840.1\0')).toBe(references.study('north', '1.2.840.1'));
  });

  it('tells ids, issuers, tenants and kinds apart', () => {
    const all = [
      references.patient('north', { id: '17' }),
      references.patient('north', { id: '18' }),
      references.patient('north', { id: '17', issuer: 'A' }),
      references.patient('north', { id: 'A17' }),
      references.patient('north', { id: '', issuer: '17' }),
      references.patient('south', { id: '17' }),
      references.patientKey('north', '17'),
      references.study('north', '17'),
      references.accession('north', '17'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
