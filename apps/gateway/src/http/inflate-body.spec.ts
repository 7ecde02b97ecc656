import { deflateSync, gzipSync } from 'node:zlib';
import { ServingError } from '@medserve/errors';
import { codingOf, inflateBody, refuseCodedParts } from './inflate-body';

const body = Buffer.from('a tensor '.repeat(1_000));
const limits = { limitBytes: 10_000_000, take: () => undefined };

describe('a compressed body', () => {
  it.each([
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
  ])('is inflated: %s', async (coding, bytes) => {
    expect(await inflateBody(bytes, coding, limits)).toEqual(body);
  });

  it('is refused when it becomes larger than a body may be, before it has become so', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    let taken = 0;
    const inflating = inflateBody(bomb, 'gzip', { limitBytes: 1_000_000, take: (bytes) => void (taken += bytes) });
    await expect(inflating).rejects.toMatchObject({ reason: 'too_large', limit: 'body: 1000000 bytes' });
    expect(taken).toBeLessThanOrEqual(1_000_000);
  });

  it('is refused when the bytes of all bodies are used up', async () => {
    const take = (): void => {
      throw new ServingError('overloaded', 'No room.');
    };
    await expect(inflateBody(gzipSync(body), 'gzip', { ...limits, take })).rejects.toMatchObject({
      reason: 'overloaded',
    });
  });

  it.each([
    ['no gzip', Buffer.from('not gzip at all')],
    ['half of it', gzipSync(body).subarray(0, 20)],
    ['nothing', Buffer.alloc(0)],
  ])('is refused when it is %s', async (_name, bytes) => {
    await expect(inflateBody(bytes, 'gzip', limits)).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});

describe('codingOf', () => {
  it.each([
    [undefined, undefined],
    ['identity', undefined],
    ['GZIP', 'gzip'],
    ['deflate', 'deflate'],
  ])('reads Content-Encoding: %s', (header, coding) => {
    expect(codingOf(header)).toBe(coding);
  });

  it.each(['lzma', 'br', 'gzip, gzip', 'constructor'])('refuses %s', (header) => {
    expect(() => codingOf(header)).toThrow(expect.objectContaining({ reason: 'unsupported_media' }) as Error);
  });
});

describe('a body of parts', () => {
  it.each([undefined, 'identity', 'Identity '])('is read as it comes: Content-Encoding %s', (header) => {
    expect(() => {
      refuseCodedParts(header);
    }).not.toThrow();
  });

  it.each(['gzip', 'br'])('is refused in %s', (header) => {
    expect(() => {
      refuseCodedParts(header);
    }).toThrow('A multipart body is not read with a Content-Encoding.');
  });
});
