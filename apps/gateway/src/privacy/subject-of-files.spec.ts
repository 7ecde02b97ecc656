import { Sensitive } from '@medserve/clinical';
import { SubjectReferences } from '@medserve/security';
import { subjectOfFiles } from './subject-of-files';

const references = new SubjectReferences(Buffer.alloc(32));
const identity = { patientId: new Sensitive('p1') };
const hash = references.patientKey('t', 'key');

const subject = (...rest: Parameters<typeof subjectOfFiles> extends [unknown, unknown, ...infer Rest] ? Rest : never) =>
  subjectOfFiles(references, 't', ...rest);

describe('whom the files of a request show', () => {
  it('says the header, then who uploaded them, then who asks', () => {
    const byHeader = references.patient('t', { id: 'p1', issuer: undefined });
    expect(subject(identity, { filedFor: [hash] })).toEqual({ patient: byHeader });
    expect(subject(undefined, { filedFor: [hash, hash] })).toEqual({ patient: hash });
    expect(subject(undefined, { patientKey: new Sensitive('key') })).toEqual({ patient: hash });
  });

  it('is one patient: files of two, or another than the one that is named, are refused', () => {
    const other = references.patientKey('t', 'other');
    const refused = expect.objectContaining({ reason: 'invalid_request' }) as Error;
    expect(() => subject(undefined, { filedFor: [hash, other] })).toThrow(refused);
    expect(() => subject(undefined, { filedFor: [hash], patientKey: new Sensitive('other') })).toThrow(refused);
  });
});
