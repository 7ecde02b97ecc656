import { isStorageClass, QUERY_RETRIEVE, VERIFICATION } from './sop-classes';

describe('a storage class', () => {
  it.each([
    '1.2.840.10008.5.1.4.1.1.2',
    '1.2.840.10008.5.1.4.1.1.999',
    '1.2.840.10008.5.1.4.34.7',
    '1.3.12.2.1107.5.9.1',
  ])('is %s', (uid) => {
    expect(isStorageClass(uid)).toBe(true);
  });

  it.each([
    VERIFICATION,
    QUERY_RETRIEVE.studyRootFind,
    '1.2.840.10008.5.1.4.1.1.200.4',
    '1.2.840.10008.5.1.4.31',
    '1.2.3',
  ])('is not %s', (uid) => {
    expect(isStorageClass(uid)).toBe(false);
  });
});
