import { attributeOf, hexOf, keywordOf, tagNamed, tagOf, vrOf } from './dictionary';

describe('the data dictionary', () => {
  it('finds an attribute by its keyword and by its tag', () => {
    expect(tagOf('StudyInstanceUID')).toBe(0x0020000d);
    expect(keywordOf(0x00100010)).toBe('PatientName');
    expect(attributeOf(0x00080061)).toEqual({ tag: 0x00080061, vr: 'CS', vm: '1-n', keyword: 'ModalitiesInStudy' });
  });

  it('knows overlays of every repeating group, and no others', () => {
    expect(keywordOf(0x60020010)).toBe('OverlayRows');
    expect(keywordOf(0x60200010)).toBeUndefined();
  });

  it('gives elements of implicit VR the VR of the standard', () => {
    expect(vrOf(0x7fe00010)).toBe('OW');
    expect([vrOf(0x00280106, false), vrOf(0x00280106, true)]).toEqual(['US', 'SS']);
    expect(vrOf(0x00100000)).toBe('UL');
  });

  it('gives a private creator LO and a private element UN', () => {
    expect([vrOf(0x00090010), vrOf(0x00091001)]).toEqual(['LO', 'UN']);
  });

  it('takes a name that is a keyword or eight digits, and nothing else', () => {
    expect([tagNamed('0020000d'), tagNamed('PatientID'), tagNamed('NoSuchAttribute'), tagNamed('0020')]).toEqual([
      0x0020000d,
      0x00100020,
      undefined,
      undefined,
    ]);
    expect(hexOf(0x0020000d)).toBe('0020000D');
  });

  it('has retired attributes under the keywords of the standard', () => {
    expect(tagOf('ImagePosition')).toBe(0x00200030);
  });
});
