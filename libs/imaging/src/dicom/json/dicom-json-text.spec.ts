import { dicomJsonText } from './dicom-json-text';

describe('the text of a DICOM JSON object', () => {
  it('has its attributes in ascending order, also where JavaScript takes their tags for numbers', () => {
    const text = dicomJsonText({
      '60003000': { vr: 'OB', InlineBinary: 'AQI=' },
      '7FE00010': { vr: 'OW', BulkDataURI: 'u' },
      '30060020': { vr: 'SQ', Value: [{ '30060022': { vr: 'IS', Value: [1] }, '00081140': { vr: 'SQ' } }, null] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A "b"' }, null] },
    });
    expect(text).toBe(
      '{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A \\"b\\""},null]},' +
        '"30060020":{"vr":"SQ","Value":[{"00081140":{"vr":"SQ"},"30060022":{"vr":"IS","Value":[1]}},{}]},' +
        '"60003000":{"vr":"OB","InlineBinary":"AQI="},"7FE00010":{"vr":"OW","BulkDataURI":"u"}}',
    );
  });
});
