import { gunzipSync, inflateSync } from 'node:zlib';
import { chooseCoding, compress } from './compress-answer';

const bytes = Buffer.alloc(4_096, 'a');
const choose = (accepted: string | undefined, isBinary = false) => chooseCoding(accepted, { bytes, isBinary });

describe('the coding of an answer', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br', 'gzip'],
    ['br, deflate', 'deflate'],
    ['gzip;q=0.5, deflate;q=0.8', 'deflate'],
    ['gzip;q=0', undefined],
    ['br', undefined],
    ['identity', undefined],
    ['constructor', undefined],
    ['gzip;q=soon', undefined],
  ])('follows Accept-Encoding: %s', (accepted, coding) => {
    expect(choose(accepted)).toBe(coding);
  });

  it('leaves the bytes of tensors alone for who did not ask for one coding in particular', () => {
    expect(choose('gzip, deflate', true)).toBeUndefined();
    expect(choose('gzip', true)).toBe('gzip');
  });

  it('is none for what is small already', () => {
    expect(chooseCoding('gzip', { bytes: Buffer.alloc(100), isBinary: false })).toBeUndefined();
  });

  it('gives back the same bytes', async () => {
    expect(gunzipSync(await compress(bytes, 'gzip'))).toEqual(bytes);
    expect(inflateSync(await compress(bytes, 'deflate'))).toEqual(bytes);
  });
});
