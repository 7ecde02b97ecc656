import { dataSetBytes, dicomFile, encapsulated, image, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../../limits';
import { decodeDicom } from '../../decode/decode-dicom';

const LOSSLESS = '1.2.840.10008.1.2.4.90';
const HIGH_THROUGHPUT = '1.2.840.10008.1.2.4.201';
const SIGNED_BYTES = [-128, -100, -1, 0, 1, 5, 100, 127];
/** What OpenJPEG 2.5.4 and OpenJPH 0.26.3 wrote of these, without loss, as signed samples. */
const CODED = {
  bytes:
    '/0//UQApAAAAAAAEAAAAAgAAAAAAAAAAAAAABAAAAAIAAAAAAAAAAAABhwEB/1IADAAAAAEAAAQEAAH/XAAEQED/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVH' +
    'IHZlcnNpb24gMi41LjT/kAAKAAAAAAAZAAH/k9+AQAfKGjOd0Inz/9k=',
  highThroughput:
    '/0//UQApQAAAAAAEAAAAAgAAAAAAAAAAAAAABAAAAAIAAAAAAAAAAAABhwEB/1AACAACAAAAAf9SAAwAAgABAAEEBEAB/1wAByBISEhI/2QAFwABT3BlbkpQ' +
    'SCBWZXIgMC4yNi4zLv+QAAoAAAAAAC4AAf+TwCYl6wEBdADAJoBNAJiP9gCBdAD20ABCNACT/AACNAD/2Q==',
  fiveBits:
    '/0//UQApAAAAAAAEAAAAAgAAAAAAAAAAAAAABAAAAAIAAAAAAAAAAAABhAEB/1IADAAAAAEAAAQEAAH/XAAEQCj/ZAAlAAFDcmVhdGVkIGJ5IE9wZW5KUEVH' +
    'IHZlcnNpb24gMi41LjT/kAAKAAAAAAAYAAH/k984cAf0eAMFm9//2Q==',
  threeComponents:
    '/0//UQAvAAAAAAAEAAAAAgAAAAAAAAAAAAAABAAAAAIAAAAAAAAAAAADhwEBhwEBhwEB/1IADAAAAAEBAAQEAAH/XAAEQED/ZAAlAAFDcmVhdGVkIGJ5IE9w' +
    'ZW5KUEVHIHZlcnNpb24gMi41LjT/kAAKAAAAAAAyAAH/k8+0HAxNVGUYS0PfgFAWeTWOcy+rSybc34BQCeGOUQdKXy6N3//Z',
};

async function decoded(coded: string, transferSyntax: string, more: DicomItem = {}): Promise<number[]> {
  const header = image(2, 4, {
    0x00280100: ['US', 8],
    0x00280101: ['US', 8],
    0x00280102: ['US', 7],
    0x00280103: ['US', 1],
    ...more,
  });
  const body = Buffer.concat([dataSetBytes(header), encapsulated(Buffer.from(coded, 'base64'))]);
  return [...(await decodeDicom(dicomFile(body, transferSyntax), DECODE_LIMITS)).decoded.samples];
}

describe('signed samples of one byte', () => {
  it.each([
    ['JPEG 2000', CODED.bytes, LOSSLESS],
    ['high-throughput JPEG 2000', CODED.highThroughput, HIGH_THROUGHPUT],
  ])('of %s keep what is negative', async (_, coded, transferSyntax) => {
    expect(await decoded(coded, transferSyntax)).toEqual(SIGNED_BYTES);
  });

  it('of fewer bits keep it, too', async () => {
    const header: DicomItem = { 0x00280101: ['US', 5], 0x00280102: ['US', 4] };
    expect(await decoded(CODED.fiveBits, LOSSLESS, header)).toEqual([-16, -7, -1, 0, 1, 5, 9, 15]);
  });

  it('keep it in every component, and through the component transformation', async () => {
    const header: DicomItem = { 0x00280002: ['US', 3], 0x00280004: ['CS', 'YBR_RCT'], 0x00280006: ['US', 0] };
    const below = [...SIGNED_BYTES.slice(4), ...SIGNED_BYTES.slice(0, 4)];
    expect(await decoded(CODED.threeComponents, LOSSLESS, header)).toEqual(
      SIGNED_BYTES.flatMap((value, index) => [value, below[index], -value - 1]),
    );
  });

  it('are the same bits where the header calls them unsigned', async () => {
    expect(await decoded(CODED.bytes, LOSSLESS, { 0x00280103: ['US', 0] })).toEqual(
      SIGNED_BYTES.map((value) => value & 0xff),
    );
  });
});
