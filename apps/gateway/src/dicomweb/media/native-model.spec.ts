import { toNativeModel } from './native-model';

describe('the Native DICOM Model', () => {
  it('says what the JSON model says', () => {
    const xml = toNativeModel({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00090010': { vr: 'LO', Value: ['ACME "1"'] },
      '00091001': { vr: 'UN', InlineBinary: 'AQI=' },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Zoë^^Dr', Ideographic: '山田' }] },
      '00081115': { vr: 'SQ', Value: [{ '00280010': { vr: 'US', Value: [2] } }, {}] },
      '60003000': { vr: 'OB', InlineBinary: 'AQI=' },
      '00201070': { vr: 'IS', Value: [1, null, 2] },
      '00321060': { vr: 'LO', Value: ['a < "b" & \u0001c'] },
      '7FE00010': { vr: 'OW', BulkDataURI: 'http://host/bulkdata/7FE00010?a&b' },
    });
    expect(xml.split('<NativeDicomModel>')[1]).toBe(
      [
        '<DicomAttribute tag="00080005" vr="CS" keyword="SpecificCharacterSet"><Value number="1">ISO_IR 192</Value></DicomAttribute>',
        '<DicomAttribute tag="00081115" vr="SQ" keyword="ReferencedSeriesSequence"><Item number="1"><DicomAttribute tag="00280010" vr="US" keyword="Rows"><Value number="1">2</Value></DicomAttribute></Item><Item number="2"></Item></DicomAttribute>',
        '<DicomAttribute tag="00090010" vr="LO"><Value number="1">ACME &quot;1&quot;</Value></DicomAttribute>',
        '<DicomAttribute tag="00091001" vr="UN" privateCreator="ACME &quot;1&quot;"><InlineBinary>AQI=</InlineBinary></DicomAttribute>',
        '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1"><Alphabetic><FamilyName>Müller</FamilyName><GivenName>Zoë</GivenName><NamePrefix>Dr</NamePrefix></Alphabetic><Ideographic><FamilyName>山田</FamilyName></Ideographic></PersonName></DicomAttribute>',
        '<DicomAttribute tag="00201070" vr="IS" keyword="OtherStudyNumbers"><Value number="1">1</Value><Value number="3">2</Value></DicomAttribute>',
        '<DicomAttribute tag="00321060" vr="LO" keyword="RequestedProcedureDescription"><Value number="1">a &lt; &quot;b&quot; &amp; c</Value></DicomAttribute>',
        '<DicomAttribute tag="60003000" vr="OB" keyword="OverlayData"><InlineBinary>AQI=</InlineBinary></DicomAttribute>',
        '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="http://host/bulkdata/7FE00010?a&amp;b"/></DicomAttribute>',
        '</NativeDicomModel>',
      ].join(''),
    );
  });
});
