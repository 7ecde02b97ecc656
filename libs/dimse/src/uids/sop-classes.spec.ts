import { isStorableClass, QUERY_RETRIEVE, serviceOf, VERIFICATION } from './sop-classes';

describe('a class whose files are taken', () => {
  it.each([
    '1.2.840.10008.5.1.4.1.1.2',
    '1.2.840.10008.5.1.4.1.1.999',
    '1.2.840.10008.5.1.4.34.7',
    '1.3.12.2.1107.5.9.1',
    '1.2.392.200036.9125.1.1.2',
    '1.2.840.100089.1',
  ])('is %s', (uid) => {
    expect(isStorableClass(uid)).toBe(true);
  });

  it.each([VERIFICATION, QUERY_RETRIEVE.studyRootFind, '1.2.840.10008.5.1.4.1.1.200.4', '1.2.840.10008.5.1.4.31'])(
    'is not %s',
    (uid) => {
      expect(isStorableClass(uid)).toBe(false);
    },
  );

  it('is not therefore agreed on, where it is a manufacturer’s', () => {
    expect(serviceOf('1.2.392.200036.9125.1.1.2')).toBeUndefined();
    expect(serviceOf('1.3.12.2.1107.5.9.1')).toBe('storage');
  });
});
