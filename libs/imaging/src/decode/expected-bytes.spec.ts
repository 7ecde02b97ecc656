import sharp from 'sharp';
import { decodeStudy } from './decode-study';
import { expectedBytes } from './expected-bytes';
import { DECODE_LIMITS } from '../limits';

const image = (channels: 3 | 4) => sharp({ create: { width: 7, height: 5, channels, background: '#123' } });

describe('the bytes that an image will be decoded to', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['a colour PNG', () => image(3).png().toBuffer()],
    ['a PNG that is transparent', () => image(4).png().toBuffer()],
    ['a grey PNG', () => image(3).toColourspace('b-w').png().toBuffer()],
    ['a grey PNG of 16 bits', () => image(3).toColourspace('grey16').png().toBuffer()],
    ['a colour JPEG', () => image(3).jpeg().toBuffer()],
    ['a grey JPEG', () => image(3).toColourspace('b-w').jpeg().toBuffer()],
  ])('are known of %s', async (_, make) => {
    const bytes = await make();
    const expected = expectedBytes(bytes);
    const { decoded } = await decodeStudy([{ bytes }], DECODE_LIMITS);
    expect(expected).toBe(decoded.samples.byteLength);
  });

  it.each(['', 'not an image', '\u0089PNG\r\n\u001a\n', '\u00ff\u00d8\u00ff'])('are not known of "%s"', (text) => {
    expect(expectedBytes(Buffer.from(text, 'latin1'))).toBeUndefined();
  });
});
