import { dataSetBytes, dicomFile, encapsulated, image } from '@medserve/testkit';
import { DECODE_LIMITS } from '../../limits';
import { decodeDicom } from '../../decode/decode-dicom';
import { openWhole } from '../open-dicom';
import { TAG } from '../tags';
import { toExplicitVr } from '../transcode/to-explicit-vr';

/** 2 x 3 words of 16 bits, of which the header says that 12 are stored, as DCMTK 3.6.7 wrote them; an overlay lies in the upper four. */
const WORDS = [28, 0xf01c, 4095, 0x5000, 2000, 0xf7d0];
const STREAMS = [
  [
    'JPEG lossless',
    '1.2.840.10008.1.2.4.70',
    '/9j/4AAQSkZJRgABAQAAAQABAAD/wwALEAACAAMBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAADQ//2gAIAQEAAQAAgA2f/v8AHT+Sb55//wD/2Q==',
  ],
  [
    'JPEG-LS',
    '1.2.840.10008.1.2.4.80',
    '/9j/9wALEAACAAMBAREA//gADQH//wASAEMBFABA/9oACAEBAAAAAENwCAAAA+KAAAAAAPkAA7OAQAD//9k=',
  ],
] as const;

describe.each(STREAMS)('words of %s that are wider than what is stored', (_name, syntax, stream) => {
  const fileOf = (bitsStored: number, highBit: number, signed = 0): Buffer => {
    const header = image(2, 3, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.7'],
      0x00080018: ['UI', '1.2.3.4.5'],
      0x00280101: ['US', bitsStored],
      0x00280102: ['US', highBit],
      0x00280103: ['US', signed],
    });
    return dicomFile(Buffer.concat([dataSetBytes(header), encapsulated(Buffer.from(stream, 'base64'))]), syntax);
  };
  const samplesOf = async (file: Buffer): Promise<number[]> => [
    ...(await decodeDicom(file, DECODE_LIMITS)).decoded.samples,
  ];

  it('lose the overlay beside the stored bits, wherever those are', async () => {
    await expect(samplesOf(fileOf(12, 11))).resolves.toEqual([28, 28, 4095, 0, 2000, 2000]);
    await expect(samplesOf(fileOf(12, 11, 1))).resolves.toEqual([28, 28, -1, 0, 2000, 2000]);
    await expect(samplesOf(fileOf(4, 15))).resolves.toEqual(WORDS.map((word) => word >> 12));
    await expect(samplesOf(fileOf(16, 15))).resolves.toEqual(WORDS);
  });

  it('are written as native pixels as they are, under the same header', async () => {
    const { dataSet } = openWhole(await toExplicitVr(fileOf(12, 11), DECODE_LIMITS), DECODE_LIMITS);
    expect([TAG.bitsAllocated, TAG.bitsStored, TAG.highBit].map((tag) => dataSet.uint16(tag))).toEqual([16, 12, 11]);
    const pixels = dataSet.elements.get(TAG.pixelData);
    if (pixels === undefined) throw new Error('no pixel data');
    expect([...new Uint16Array(new Uint8Array(dataSet.value(pixels)).buffer)]).toEqual(WORDS);
  });
});
